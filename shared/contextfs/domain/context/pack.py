"""Which memories a conversation is handed: the pinned ones, then the best by marginal value, within a token budget."""

import re
from collections.abc import Callable, Sequence
from math import inf

from contextfs.domain.context.model import Decision, Pack, PackCandidate
from contextfs.domain.context.render import entry, frame, heading, render
from contextfs.kit.errors import Invalid

_WORDS = re.compile(r"\w+")
_SHORTEST_WORD = 3

DISTRUST = 0.5
"""What is left of a candidate's value when it has no trust at all."""

STALENESS = 0.9
"""What is left of a candidate's value when it has no freshness at all: facts must not be forgotten for their age."""

REPETITION = 0.25
"""The part of its value that a candidate loses when the pack holds all of its words already."""

THRIFT = 0.25
"""Value is divided by tokens to this power: at 0 one long text eats the budget, at 1 crumbs win."""

Count = Callable[[str], int]


class _Open:
    """A candidate that is not decided yet."""

    def __init__(self, candidate: PackCandidate, count: Count) -> None:
        self.candidate = candidate
        self.words = _words(candidate.text)
        self.body = " ".join(candidate.text.casefold().split()).rstrip(".")
        self.tokens = count(entry(candidate) + "\n")
        self.said = 0.0

    def value(self) -> float:
        """Give its worth beside what was chosen so far, 0..1."""
        return worth(self.candidate) * (1 - REPETITION * self.said)

    def rank(self) -> tuple[bool, float, float, str]:
        """Order: pinned first, then by value for its tokens, then newest, then by id."""
        at = self.candidate.occurred_at
        thrifty = self.value() / max(1, self.tokens) ** THRIFT
        return not self.candidate.pinned, -thrifty, -at.timestamp() if at else inf, self.candidate.id

    def hear(self, chosen: "_Open") -> None:
        """Take note of what another, chosen now, says already."""
        if self.words:
            self.said = max(self.said, len(self.words & chosen.words) / len(self.words))


def select(candidates: Sequence[PackCandidate], *, budget: int, count: Count, floor: float = 0.0) -> Pack:
    """Fill a pack of at most `budget` tokens, as `count` counts its whole rendered text with fence and headings.

    Pinned candidates come first, then the others by marginal value. A candidate that says the same as a chosen one,
    that does not fit in what is left, or (unless pinned) whose relevance is below `floor` is dropped; texts are never
    cut. The order of `candidates` is irrelevant. A negative budget is Invalid.
    """
    if budget < 0:
        raise Invalid(f"a budget of {budget} tokens: give zero or more")
    waiting = [_Open(candidate, count) for candidate in candidates]
    chosen: list[_Open] = []
    kept: list[Decision] = []
    dropped: list[Decision] = []
    used = sum(count(part + "\n") for part in frame(len(waiting)))
    while waiting:
        one = min(waiting, key=_Open.rank)
        waiting.remove(one)
        cost = one.tokens + _heading_cost(one, chosen, count)
        refusal = _refusal(one, chosen, cost=cost, left=budget - used, floor=floor)
        if refusal:
            dropped.append(_decision(one, cost, chosen=False, reason=refusal))
            continue
        kept.append(_decision(one, cost, chosen=True, reason=_praise(one)))
        chosen.append(one)
        used += cost
        for other in waiting:
            other.hear(one)
    return _close(chosen, kept, dropped, budget=budget, count=count)


def worth(candidate: PackCandidate) -> float:
    """Give a candidate's value by itself, 0..1: its relevance, by its trust and its freshness, both softened."""
    trust = DISTRUST + (1 - DISTRUST) * _unit(candidate.trust)
    freshness = STALENESS + (1 - STALENESS) * _unit(candidate.freshness)
    return _unit(candidate.relevance) * trust * freshness


def _refusal(one: _Open, chosen: Sequence[_Open], *, cost: int, left: int, floor: float) -> str:
    twin = next((other for other in chosen if other.body == one.body), None)
    if twin:
        return f"says the same as {twin.candidate.id}"
    if one.candidate.relevance < floor and not one.candidate.pinned:
        return f"relevance {one.candidate.relevance:.2f} is below {floor:.2f}"
    return f"needs {cost} tokens, {max(0, left)} are left" if cost > left else ""


def _praise(one: _Open) -> str:
    if one.candidate.pinned:
        return "pinned"
    return f"relevance {one.candidate.relevance:.2f}, {one.said:.0%} of its words said before"


def _close(chosen: list[_Open], kept: list[Decision], dropped: list[Decision], *, budget: int, count: Count) -> Pack:
    """Render, and should `count` find more in the whole than in the parts, give up the last chosen until it fits."""
    while True:
        text = render([one.candidate for one in chosen])
        tokens = count(text)
        if tokens <= budget or not chosen:
            break
        chosen.pop()
        last = kept.pop()
        dropped.append(
            Decision(id=last.id, chosen=False, reason="over budget once rendered", value=last.value, tokens=last.tokens)
        )
    items = tuple(one.candidate for one in chosen)
    return Pack(text=text, tokens=tokens, budget=budget, items=items, decisions=(*kept, *dropped))


def _decision(one: _Open, cost: int, *, chosen: bool, reason: str) -> Decision:
    return Decision(id=one.candidate.id, chosen=chosen, reason=reason, value=one.value(), tokens=cost)


def _heading_cost(one: _Open, chosen: Sequence[_Open], count: Count) -> int:
    kind = one.candidate.type
    return 0 if any(other.candidate.type == kind for other in chosen) else count(heading(kind) + "\n")


def _words(text: str) -> frozenset[str]:
    words = _WORDS.findall(text.casefold())
    return frozenset(word for word in words if len(word) >= _SHORTEST_WORD) or frozenset(words)


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
