"""Signals: what speaks for a passage of a conversation beside the two legs, each from 0 to 1.

A turn of a conversation is rarely complete: its neighbours hold the words of the question, its session is about it,
its date fits, its speaker is the one who is asked about. Each signal is read from the passages that were found; None
means that it does not apply to this question or this kind of conversation, and then it counts for nothing.

Two kinds of conversation answer differently (measured: weights tuned on one collapse on the other). In a **dialogue**
each message names its speaker; what matters is who said it, and a question is rarely the answer. In **assistance** a
person works with an assistant: what that person wants is what they said, and above all said first; what was found out
is what the assistant said, and the question that it answers holds the same words. So who said it counts where a
question is about the one who asks; elsewhere what a person asked gives way.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from heapq import nlargest
from itertools import accumulate
from math import isfinite, isnan
from typing import Literal

import msgspec

from contextfs.domain.search.bm25 import saturated
from contextfs.domain.search.dates import closeness
from contextfs.domain.search.question import Question
from contextfs.domain.search.wishes import is_wish
from contextfs.kit.pattern import pattern

Kind = Literal["assistance", "dialogue"]

_BEST = 3
_FAR = 6
"""So many messages before and after one are looked at for what is of its turn or of the turns beside it."""
_TIMED = pattern(
    r"\b(?:yesterday|today|tomorrow|tonight|last|next|ago|weeks?|weekend|months?|years?|since|recently|just|soon"
    r"|upcoming|morning|evening|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july"
    r"|august|september|october|november|december|\d{4})\b",
    re.IGNORECASE,
)


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """What ranking knows of a passage: what the legs said, and where in a conversation it stands.

    `held` has for each word of the question its rarity (idf), or 0 when the passage does not hold it; empty where it is
    not known, as of what nobody by name said. Passages of a
    session stand in the order of their `place`; neighbours differ by one.
    """

    key: str
    source: str
    """The memory or message that it is a part of."""
    body: str
    lexical: float | None = None
    semantic: float | None = None
    held: Sequence[float] = ()
    occurred_at: datetime | None = None
    type: str = ""
    trust: float = 1.0
    pinned: bool = False
    session: str | None = None
    place: int | None = None
    role: str | None = None
    speaker: str | None = None
    graph: float | None = None
    """How strongly a walk over the graph came to its source; None: nobody walked."""
    fingerprint: str | None = None
    """The fingerprint of `body`, where it is stored; None: it is made when it is needed."""


class Signals(msgspec.Struct, frozen=True, kw_only=True):
    """The signals of one passage."""

    kind: Kind
    coverage: float | None = None
    """The share of the question's rarity that its words hold; it counts towards its session's support."""
    window: float | None = None
    """The same, for its turn and the turns before and after it together."""
    before: float | None = None
    """The same, for the turn before the one before: what both were answering to."""
    support: float | None = None
    """How well the best three messages of its session fit."""
    named: float | None = None
    """Its speaker is named in the question."""
    dated: float | None = None
    """Its day is one that the question names."""
    stated: float | None = None
    """It ends otherwise than with a question mark. Of an assistant's conversation what a person asks is meant, and it
    is None where the question is about the one who asks."""
    timed: float | None = None
    """It speaks of a time."""
    own: float | None = None
    """A person said it, not the assistant; None where the question is not about the one who asks."""
    opens: float | None = None
    """It opens its session."""
    wished: float | None = None
    """A person said in it what they want always, or prefer; None where the question does not ask for advice."""


class _Turns:
    """Finds what was said beside a passage, among what was found; what was not found holds no word.

    What somebody says in a row is one turn, in however many messages: people who chat send a sentence at a time.
    """

    def __init__(self, passages: Sequence[Passage], total: float) -> None:
        self._total = total
        placed = [one for one in passages if one.place is not None]
        self._said = sorted(placed, key=lambda one: (one.session or "", one.place or 0, one.key))
        self._at = {one.key: number for number, one in enumerate(self._said)}
        self._turn = [*accumulate(map(_turns_between, self._said, self._said[1:]), initial=0)]

    def coverage(self, some: Iterable[Passage]) -> float:
        """Give the share of the question's rarity that some passages hold together."""
        held = [one.held for one in some if one.held]
        return sum(map(max, zip(*held, strict=True))) / self._total if held and self._total else 0.0

    def near(self, one: Passage) -> Iterator[tuple[int, Passage]]:
        """Give what was said at most two turns before a passage and one after, each with the turns between them."""
        at = self._at.get(one.key)
        if at is None:
            yield 0, one
            return
        for numbers in (range(at, max(-1, at - _FAR - 1), -1), range(at + 1, min(len(self._said), at + _FAR + 1))):
            for number in numbers:
                step = self._turn[number] - self._turn[at]
                if not -2 <= step <= 1:
                    break
                yield step, self._said[number]


def _turns_between(last: Passage, one: Passage) -> int:
    """Count the turns from one passage to the next that was found; what lies between is taken for turns of others."""
    if last.session != one.session:
        return _FAR
    apart = (one.place or 0) - (last.place or 0)
    return 0 if apart == 1 and last.speaker == one.speaker else max(1, apart)


def read(passages: Sequence[Passage], question: Question, rarities: Sequence[float]) -> dict[str, Signals]:
    """Give the signals of every passage of a conversation, by key; those of memories have none.

    `rarities` are the idf values of the question's words, 0 for words that no passage of the store holds.
    """
    said = [one for one in passages if one.session is not None]
    turns = _Turns(said, sum(rarities))
    speakers = {one.speaker for one in said if one.speaker}
    meant = question.people & speakers
    found = {
        one.key: _dialogue(one, turns, question, meant) if one.speaker else _assistance(one, question) for one in said
    }
    support = _support(said, found)
    return {key: msgspec.structs.replace(signals, support=support[key]) for key, signals in found.items()}


def _dialogue(one: Passage, turns: _Turns, question: Question, meant: frozenset[str]) -> Signals:
    near = [*turns.near(one)]
    return Signals(
        kind="dialogue",
        coverage=turns.coverage([one]),
        window=turns.coverage(other for step, other in near if step >= -1),
        before=turns.coverage(other for step, other in near if step < -1),
        named=float(one.speaker in meant) if meant else None,
        dated=closeness(_day(one), list(question.when)) if question.when and one.occurred_at else None,
        stated=float(not _asks(one)),
        timed=float(bool(_TIMED.search(one.body))),
    )


def _assistance(one: Passage, question: Question) -> Signals:
    persons, opens = one.role == "user", float(one.place == 0)
    wished = float(persons and is_wish(one.body)) if question.advice else None
    if question.personal:
        return Signals(kind="assistance", own=float(persons), opens=opens, wished=wished)
    return Signals(kind="assistance", stated=float(not (persons and _asks(one))), opens=opens, wished=wished)


def _asks(one: Passage) -> bool:
    return one.body.rstrip().endswith("?")


def _support(said: Sequence[Passage], signals: Mapping[str, Signals]) -> dict[str, float]:
    """Give each passage what the three best messages of its session come to on average."""
    best: dict[str | None, dict[str, float]] = {}
    for one in said:
        messages = best.setdefault(one.session, {})
        messages[one.source] = max(messages.get(one.source, 0.0), _fit(one, signals[one.key]))
    means = {session: _mean(nlargest(_BEST, messages.values())) for session, messages in best.items()}
    return {one.key: means[one.session] for one in said}


def _fit(one: Passage, signals: Signals) -> float:
    """Say how well a passage fits by itself, 0..1; what does not apply counts as missed."""
    if signals.kind == "assistance":
        return _spoken(one)
    semantic = one.semantic if one.semantic is not None and isfinite(one.semantic) else 0.0
    parts = (
        (4.0, min(1.0, max(0.0, semantic))),
        (1.5, signals.coverage),
        (1.0, signals.window),
        (3.0, signals.dated),
        (1.2, signals.named),
        (0.6, signals.stated),
    )
    return sum(weight * (value or 0.0) for weight, value in parts) / sum(weight for weight, _ in parts)


def _spoken(one: Passage) -> float:
    """Average what the legs say, each brought to 0..1; one that could not judge does not count."""
    legs: list[float] = []
    if one.semantic is not None and isfinite(one.semantic):
        legs.append(min(1.0, max(0.0, one.semantic)))
    if one.lexical is not None and not isnan(one.lexical):
        legs.append(saturated(one.lexical))
    return _mean(legs) if legs else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _day(one: Passage) -> date:
    return one.occurred_at.date() if one.occurred_at else date.min
