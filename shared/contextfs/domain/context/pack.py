"""Which memories a conversation is handed: the pinned ones, then the best by marginal value, within a token budget.

The unit of choice is a sentence of what was said, or a whole memory. Each has a chance of being what matters: that of
its text, which falls steeply with relevance, times its share in the text (`sentences.py`). Chances are taken from the
best for their tokens on, until the budget is full: the first finds stand whole, the later ones by their best sentence.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from heapq import heapify, heappop, heappush
from math import exp, inf

import msgspec

from contextfs.domain.context.model import Decision, Pack, PackCandidate
from contextfs.domain.context.render import CUT, Path, entry, frame, numbers, path, render, unseen
from contextfs.domain.context.sentences import Sentence, is_announcement, sentences
from contextfs.kit.errors import Invalid

_WORDS = re.compile(r"\w+")
_SHORTEST_WORD = 3

STEEPNESS = 12.5
"""How fast the chance falls with relevance: fitted on what answers questions in labelled conversations."""

DISTRUST = 0.5
"""What is left of a candidate's value when it has no trust at all."""

STALENESS = 0.9
"""What is left of a candidate's value when it has no freshness at all: facts must not be forgotten for their age."""

REPETITION = 0.75
"""The part of its value that a candidate loses when the pack holds all of its words already."""

THRIFT = 0.4
"""Value is divided by tokens to this power: at 0 one long text eats the budget, at 1 crumbs win."""

LOW, LOW_BY_WORDS = 0.7, 0.5
"""The part of the floor that holds for what was said: its answers stand lower than those of memories, and lower still
where words alone were compared."""

UNKNOWN, FAR = 0.18, 0.25
"""A store whose best find has less relevance than the first, and where none comes as near by its meaning as the second,
knows nothing of the task. Measured: so it is for none of what answers questions in labelled conversations."""

UNSURE = 0.25
"""A best find of less relevance than this may be about something else."""

SHORT = 20
"""Characters from which on this holds: "hello", "1" and "delete that file" come a little close to any question."""

MODEL = "assistant"
"""Who speaks where a model does."""

Count = Callable[[str], int]
Same = Callable[[PackCandidate, PackCandidate], bool]
_Rank = tuple[bool, float, float, str]


class _Open:
    """A candidate of which something is not decided yet: part after part, the most telling one first."""

    def __init__(self, candidate: PackCandidate, task: str, count: Count) -> None:
        self.candidate = candidate
        self.words = _words(candidate.text)
        self.body = " ".join(candidate.text.casefold().split()).rstrip(".")
        self.parts = _parts(candidate, task)
        self.is_idle = candidate.speaker == MODEL and not candidate.pinned and is_announcement(candidate.text)
        first, *others = self.parts
        cut = CUT if others else ""
        self.costs = [count(f"{entry(self._with(first.text + cut))}\n"), *(count(part.text) for part in others)]
        self.said = 0.0
        self.taken: list[Sentence] = []
        self.written = 0
        self.tokens = 0
        self.next = 0

    @property
    def is_over(self) -> bool:
        """Tell whether nothing of it is left to decide."""
        return self.next >= len(self.parts)

    @property
    def value(self) -> float:
        """Give its worth beside what was chosen so far, 0..1."""
        return worth(self.candidate) * (1 - REPETITION * self.said)

    def rank(self) -> _Rank:
        """Order of its next part: pinned first, then by value for its tokens, then newest, then by id."""
        at = self.candidate.occurred_at
        thrifty = self.value * self.parts[self.next].share / max(1, self.costs[self.next]) ** THRIFT
        return not self.candidate.pinned, -thrifty, -at.timestamp() if at else inf, self.candidate.id

    def price(self, count: Count) -> int:
        """Count what its next part adds to its line: less than the part itself where it closes a gap."""
        return count(f"{entry(self._cut([*self.taken, self.parts[self.next]]))}\n") - self.written

    def take(self, price: int, headings: int) -> None:
        """Choose its next part."""
        self.taken.append(self.parts[self.next])
        self.written += price
        self.tokens += price + headings
        self.next += 1

    def drop(self) -> None:
        """Pass over its next part, and over all of it when that is the first one."""
        self.next = self.next + 1 if self.taken else len(self.parts)

    def hear(self, chosen: "_Open") -> None:
        """Take note of what another, chosen now, says already."""
        if self.words and not self.taken:
            self.said = max(self.said, len(self.words & chosen.words) / len(self.words))

    def shown(self) -> PackCandidate:
        """Give it as the pack shows it: the sentences that were taken, in their places."""
        return self._cut(self.taken)

    def _cut(self, parts: list[Sentence]) -> PackCandidate:
        if len(parts) == len(self.parts):
            return self.candidate
        kept = "".join(part.text for part in sorted(parts, key=lambda part: part.place))
        return self._with(kept.rstrip() + CUT)

    def _with(self, text: str) -> PackCandidate:
        return msgspec.structs.replace(self.candidate, text=text)


def select(
    candidates: Sequence[PackCandidate],
    *,
    budget: int,
    count: Count,
    floor: float = 0.0,
    task: str = "",
    name: str = "",
    as_of: datetime | None = None,
    same: Same = lambda _one, _other: False,
) -> Pack:
    """Fill a pack of at most `budget` tokens, as `count` counts its whole text with fence and headings.

    Pinned candidates come first, then the others by marginal value, in whatever order they come. Dropped is what says
    the same as a chosen one (or is judged the `same`), does not fit, only says what a model does next, and, unless it
    is pinned, is below `floor` (of what was said: `LOW` of it), or all where nothing comes near the `task`; where that
    is unsure, the text says so. What was said is cut to what matters of it. `name` is what the text calls the pack,
    `as_of` the time it looks back to. A negative budget is Invalid.
    """
    if budget < 0:
        raise Invalid(f"a budget of {budget} tokens: give zero or more")
    every = [_Open(candidate, task, count) for candidate in candidates]
    floor, unsure = _bar(candidates, floor)
    left = budget - sum(count(part + "\n") for part in frame(len(every), name, as_of, unsure=unsure))
    chosen, dropped, headings = list[_Open](), list[Decision](), set[Path]()
    for one in _by_rank(every):
        over = unseen(path(one.candidate), headings)
        price, titles = one.price(count), sum(count(f"{title[-1]}\n") for title in over)
        cost = price + titles
        refusal = _refusal(one, chosen, cost=cost, left=left, floor=floor, same=same)
        if refusal:
            dropped += [] if one.taken else [_decision(one, refusal, tokens=cost)]
            one.drop()
            continue
        chosen += [] if one.taken else [one]
        one.take(price, titles)
        left -= cost
        headings.update(over)
        _tell(every, one)
    return _close(chosen, dropped, budget, count, shown=partial(render, name=name, as_of=as_of, unsure=unsure))


def worth(candidate: PackCandidate) -> float:
    """Give a candidate's value by itself, 0..1: its chance to matter, by its trust and its freshness, both softened."""
    chance = exp(STEEPNESS * (_unit(candidate.relevance) - 1))
    trust = DISTRUST + (1 - DISTRUST) * _unit(candidate.trust)
    freshness = STALENESS + (1 - STALENESS) * _unit(candidate.freshness)
    return chance * trust * freshness


def _bar(candidates: Iterable[PackCandidate], floor: float) -> tuple[float, bool]:
    """Give the floor, without end where nothing comes near the task, and whether it is unsure that anything does.

    As long as a meaning was not compared, enough is taken to be known.
    """
    best = nearest = 0.0
    for one in candidates:
        if one.pinned:
            continue
        if one.near is None:
            return floor, False
        best, nearest = max(best, one.relevance), max(nearest, one.near)
    if best < UNKNOWN and nearest < FAR:
        return inf, False
    return floor, best < UNSURE


def _tell(every: Sequence[_Open], chosen: _Open) -> None:
    for other in every if len(chosen.taken) == 1 else ():
        other.hear(chosen)


def _by_rank(every: Sequence[_Open]) -> Iterator[_Open]:
    """Give the candidate whose next part is the best one, again and again; whoever asks decides on that part.

    A value only falls while others are chosen, so that one that comes up with an old value is put back in its place.
    """
    heap = [(one.rank(), number) for number, one in enumerate(every)]
    heapify(heap)
    while heap:
        rank, number = heappop(heap)
        one = every[number]
        if one.rank() == rank:
            yield one
        if not one.is_over:
            heappush(heap, (one.rank(), number))


def _refusal(one: _Open, chosen: Sequence[_Open], *, cost: int, left: int, floor: float, same: Same) -> str:
    twin = None if one.taken else _twin(one, chosen, same)
    if twin:
        return f"says the same as {twin.candidate.id}"
    if not one.taken and one.is_idle:
        return "only says what comes next"
    if one.candidate.speaker is not None and len(one.body) >= SHORT:
        floor *= LOW_BY_WORDS if one.candidate.near is None else LOW
    if floor == inf and not one.candidate.pinned:
        return "nothing that was found comes near the task"
    if one.candidate.relevance < floor and not one.candidate.pinned:
        return f"relevance {one.candidate.relevance:.2f} is below {floor:.2f}"
    return f"needs {cost} tokens, {max(0, left)} are left" if cost > left else ""


def _twin(one: _Open, chosen: Sequence[_Open], same: Same) -> _Open | None:
    return next((it for it in chosen if it.body == one.body or same(it.candidate, one.candidate)), None)


def _praise(one: _Open) -> str:
    if one.candidate.pinned:
        return "pinned"
    cut = f", {len(one.taken)} of {len(one.parts)} sentences" if len(one.taken) < len(one.parts) else ""
    return f"relevance {one.candidate.relevance:.2f}, {one.said:.0%} of its words said before{cut}"


def _close(
    chosen: list[_Open],
    dropped: list[Decision],
    budget: int,
    count: Count,
    *,
    shown: Callable[[Sequence[PackCandidate]], str],
) -> Pack:
    """Render, and should `count` find more in the whole than in the parts, give up the last chosen until it fits."""
    while True:
        items = tuple(one.shown() for one in chosen)
        text = shown(items)
        tokens = count(text)
        if tokens <= budget or not chosen:
            break
        last = chosen.pop()
        dropped.append(_decision(last, "over budget once rendered", tokens=last.tokens))
    kept = [_decision(one, _praise(one), tokens=one.tokens, chosen=True) for one in chosen]
    return Pack(
        text=text, tokens=tokens, budget=budget, items=items, numbers=numbers(items), decisions=(*kept, *dropped)
    )


def _decision(one: _Open, reason: str, *, tokens: int, chosen: bool = False) -> Decision:
    return Decision(id=one.candidate.id, chosen=chosen, reason=reason, value=one.value, tokens=tokens)


def _parts(candidate: PackCandidate, task: str) -> list[Sentence]:
    if candidate.speaker is None or candidate.pinned:
        return [Sentence(0, candidate.text, 1.0)]
    return sentences(candidate.text, task, is_models=candidate.speaker == MODEL)


def _words(text: str) -> frozenset[str]:
    words = _WORDS.findall(text.casefold())
    return frozenset(word for word in words if len(word) >= _SHORTEST_WORD) or frozenset(words)


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
