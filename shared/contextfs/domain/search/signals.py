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
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from heapq import nlargest
from math import isfinite, isnan
from typing import Literal

import msgspec

from contextfs.domain.search.bm25 import saturated
from contextfs.domain.search.dates import closeness
from contextfs.domain.search.names import named
from contextfs.domain.search.question import Question
from contextfs.domain.search.wishes import is_wish
from contextfs.kit.pattern import pattern

Kind = Literal["assistance", "dialogue"]

_BEST = 3
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
    """The same, for it and the passages before and after it together."""
    before: float | None = None
    """The same, for the passage before the one before: what both were answering to."""
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


class _Places:
    """Finds a passage's neighbours among those that were found; one that was not found holds no word."""

    def __init__(self, passages: Sequence[Passage], total: float) -> None:
        self._at = {(one.session, one.place): one for one in passages if one.place is not None}
        self._total = total

    def coverage(self, one: Passage, *steps: int) -> float:
        held = [other.held for step in steps if (other := self._beside(one, step)) is not None and other.held]
        return sum(map(max, zip(*held, strict=True))) / self._total if held and self._total else 0.0

    def _beside(self, one: Passage, step: int) -> Passage | None:
        if step == 0 or one.place is None:
            return None if step else one
        return self._at.get((one.session, one.place + step))


def read(passages: Sequence[Passage], question: Question, rarities: Sequence[float]) -> dict[str, Signals]:
    """Give the signals of every passage of a conversation, by key; those of memories have none.

    `rarities` are the idf values of the question's words, 0 for words that no passage of the store holds.
    """
    said = [one for one in passages if one.session is not None]
    places = _Places(said, sum(rarities))
    speakers = {one.speaker for one in said if one.speaker}
    meant = named(question.text, speakers, [one.body for one in said]) | (question.people & speakers)
    found = {
        one.key: _dialogue(one, places, question, meant) if one.speaker else _assistance(one, question) for one in said
    }
    support = _support(said, found)
    return {key: msgspec.structs.replace(signals, support=support[key]) for key, signals in found.items()}


def _dialogue(one: Passage, places: _Places, question: Question, meant: frozenset[str]) -> Signals:
    return Signals(
        kind="dialogue",
        coverage=places.coverage(one, 0),
        window=places.coverage(one, -1, 0, 1),
        before=places.coverage(one, -2),
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
