"""Find passages: a question is understood, the legs propose over one snapshot, one calibrated score orders."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from contextfs.domain.search.fusion import Ranked
from contextfs.domain.search.question import Question, understand
from contextfs.domain.search.ranking import candidates, listed, rank
from contextfs.kit.errors import Unavailable
from contextfs.kit.languages import Languages
from contextfs.kit.overtaken import Overtaken, since
from contextfs.local.base.connection import Base
from contextfs.local.search.bounds import bounds, micros
from contextfs.local.search.candidates import Candidate, Proposed, Scope, newest, passage, propose
from contextfs.local.search.embedder import OFF
from contextfs.local.search.model import Mode, Wanted

if TYPE_CHECKING:
    from contextfs.domain.graph.model import Reached
    from contextfs.kit.ports import Embedder

Seen = Callable[[Sequence[str]], list[str]]
"""Gives the ids of the sessions that have one of some visibilities."""


class Asked(Struct, frozen=True):
    """A question, by which legs it is answered, and where."""

    question: Question
    mode: Mode
    scope: Scope
    within: Wanted
    """What is wanted, with the filters that were typed into the question."""


class Found(Struct, frozen=True):
    """Passages in their order, the best one of each memory or message, with what they were found by."""

    ranked: list[Ranked]
    candidates: dict[str, Candidate]
    words: tuple[str, ...]
    languages: Languages
    """In which words are known in all their forms, beside English."""
    reached: "Mapping[str, Reached]" = MappingProxyType({})
    """What a walk over the graph came to, by node."""
    overtaken: Mapping[UUID, Overtaken] = MappingProxyType({})
    """What holds no longer, by its id: where that was asked for."""
    more: Sequence[str] = ()
    """Keys of what was found behind those that are shown."""
    notes: Sequence[str] = ()
    """Why nothing was found."""
    best: float = 0.0
    """Relevance of the best one, though it be less than is wanted."""


def understood(wanted: Wanted, languages: Languages, *, me: Callable[[], str], seen: Seen, now: datetime) -> Asked:
    """Read a query; filters that were given go before those that were typed in it. `me` names who works here."""
    question = understand(wanted.query, today=now.date(), addresses=True, languages=languages)
    typed = question.filters
    author = wanted.author or next(iter(typed.authors), None)
    within = replace(wanted, author=author, **typed.beside(wanted))
    return Asked(question, wanted.mode, scope(within, question, me=me, seen=seen, now=now), within)


def scope(within: Wanted, question: Question, *, me: Callable[[], str], seen: Seen, now: datetime) -> Scope:
    """Give where and when it is looked."""
    at = since(now, superseded=within.superseded)
    bound = bounds(within, me=me, seen=seen)
    return Scope(bound, candidates(within.limit, question), micros(at), languages=question.languages)


def model(mode: Mode, embedder: "Callable[[], Embedder | None]") -> "tuple[Embedder | None, list[str]]":
    """Give the model where meanings are to be compared, or why they cannot be."""
    if mode == "lexical":
        return None, []
    try:
        found = embedder()
    except Unavailable as error:
        return None, [error.detail]
    return found, [OFF] if found is None and mode == "semantic" else []


def by_words(base: Base, asked: Asked) -> Proposed:
    """Ask the words' leg alone; without a word to look for, list what is newest."""
    with base.snapshot():
        if asked.question.lists:
            return newest(base, asked.scope)
        return propose(base, asked.question.words, None, asked.scope)


def ranked(
    proposed: Proposed,
    question: Question,
    *,
    now: datetime,
    shown: int,
    reached: "Mapping[str, Reached] | None" = None,
) -> list[Ranked]:
    """Bring candidates into one order, from a relevance on that is above zero.

    Behind the first `shown`, what says the same is not looked for. `reached` is what a walk over the graph came to,
    where there was one.
    """
    passages = [passage(one, _strength(one, reached)) for one in proposed.candidates]
    order = (
        listed(passages, now=now)
        if question.lists
        else rank(passages, question, proposed.rarities, now=now, shown=shown)
    )
    return [one for one in order if one.relevance > 0]


def ordered(
    proposed: Proposed,
    question: Question,
    wanted: Wanted,
    *,
    now: datetime,
    reached: "Mapping[str, Reached] | None" = None,
) -> Found:
    """Bring candidates into one order, and show as many as are wanted, from the relevance on that is wanted."""
    found = {str(one.id): one for one in proposed.candidates}
    order = ranked(proposed, question, now=now, shown=wanted.limit, reached=reached)
    kept = [one for one in order if one.relevance >= wanted.min_relevance]
    shown, more = kept[: wanted.limit], [one.hit.key for one in kept[wanted.limit :]]
    reach = reached or MappingProxyType({})
    best = max((one.relevance for one in order), default=0.0)
    return Found(shown, found, question.words, question.languages, reach, more=more, best=best)


def _strength(one: Candidate, reached: "Mapping[str, Reached] | None") -> float | None:
    if reached is None or one.source != "memory":
        return None
    came = reached.get(f"memory:{one.source_id}")
    return came.strength if came else 0.0
