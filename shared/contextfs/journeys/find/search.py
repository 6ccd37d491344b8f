"""Search: a question is understood, both legs answer in one round trip, one calibrated score orders, small results."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.search import store
from contextfs.domain.search.fusion import Ranked
from contextfs.domain.search.model import SearchHit, SearchReply, SearchRequest, VectorsUsed
from contextfs.domain.search.names import named
from contextfs.domain.search.question import Question, understand
from contextfs.domain.search.ranking import candidates, listed, rank
from contextfs.domain.search.signals import Passage
from contextfs.domain.search.snippet import snippet
from contextfs.domain.search.store import Candidate, PassageQuery
from contextfs.journeys.find.index import hashed
from contextfs.journeys.find.meaning import Mode, meant
from contextfs.kit.call import Call


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Passages in their order, the best one of each memory or message, with what they were found by."""

    ranked: list[Ranked]
    candidates: dict[str, Candidate]
    words: list[str]
    degraded: list[str]
    vectors: VectorsUsed | None = None


def search(call: Call, wanted: SearchRequest, mode: Mode) -> SearchReply:
    """Find passages and show them small."""
    found = look(call, wanted, mode)
    hits = [
        hit_of(one, found.candidates[one.hit.key], found.words, explain=wanted.explain)
        for one in found.ranked[: wanted.limit]
    ]
    return SearchReply(hits=hits, degraded=found.degraded, vectors=found.vectors)


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What both legs proposed for a question, before it is ranked, and how they were asked."""

    question: Question
    wanted: SearchRequest
    asked: PassageQuery
    candidates: list[Candidate]
    degraded: list[str]
    vectors: VectorsUsed | None = None
    """Which vectors were compared, where that is to be explained."""


def look(call: Call, wanted: SearchRequest, mode: Mode) -> Found:
    """Find passages; a leg that is down is named in `degraded`, and the other one answers."""
    looked = propose(call, wanted, mode)
    if looked.question.lists:
        return _listed(call, looked)
    return ranked(call, looked, [passage_of(one) for one in looked.candidates])


def propose(call: Call, wanted: SearchRequest, mode: Mode) -> Looked:
    """Understand a question and ask both legs; a question of nothing but operators has the newest that they let pass.

    One round trip, and a second one where the question names somebody who turns out to speak in what was found: names
    mislead both legs, and who is meant decides the order instead.
    """
    question = understand(wanted.query, today=call.now.date())
    wanted = _with_filters(call, wanted, question)
    if question.lists:
        asked = _query(wanted, ([], []), None, None, call.now)
        found = store.listed(call.tx, asked)
        return Looked(question=question, wanted=wanted, asked=asked, candidates=found, degraded=[])
    looked = _ask(call, wanted, mode, question)
    names = named(question.text, {one.speaker for one in looked.candidates if one.speaker})
    return _ask(call, wanted, mode, question.without(names)) if names else looked


def ranked(call: Call, looked: Looked, passages: Sequence[Passage]) -> Found:
    """Bring what was proposed into one order; `passages` are the candidates as they are to be ranked."""
    rarities = looked.candidates[0].rarities if looked.candidates else []
    kept = [
        one
        for one in rank(passages, looked.question, rarities, now=call.now)
        if one.relevance > 0 and one.relevance >= looked.wanted.min_relevance
    ]
    by_key = {str(candidate.id): candidate for candidate in looked.candidates}
    return Found(
        ranked=kept,
        candidates=by_key,
        words=list(looked.question.words),
        degraded=looked.degraded,
        vectors=looked.vectors,
    )


def _listed(call: Call, looked: Looked) -> Found:
    """Give what passes the filters, newest first: of a question of nothing but operators."""
    by_key = {str(candidate.id): candidate for candidate in looked.candidates}
    order = listed([passage_of(one) for one in looked.candidates], now=call.now)
    return Found(ranked=order, candidates=by_key, words=[], degraded=[])


def _ask(call: Call, wanted: SearchRequest, mode: Mode, question: Question) -> Looked:
    """Ask both legs; tell what could not take part."""
    read = meant(call, question.about, mode)
    by_words = mode != "semantic" or read.vector is None
    hashes = hashed(call.principal.org_id, list(question.words) if by_words else [])
    asked = _query(wanted, hashes, read.vector, read.model, call.now)
    found = store.search(call.tx, asked)
    return Looked(
        question=question,
        wanted=wanted,
        asked=asked,
        candidates=found,
        degraded=read.degraded(found),
        vectors=read.used(call) if wanted.explain else None,
    )


def _with_filters(call: Call, wanted: SearchRequest, question: Question) -> SearchRequest:
    """Add the filters that were typed into the question; those of the request itself go first."""
    typed = question.filters
    author = next(iter(typed.authors), None)
    return msgspec.structs.replace(
        wanted,
        author=wanted.author or (_author(call, author) if author else None),
        **typed.beside(wanted),
    )


def _author(call: Call, typed: str) -> UUID:
    return call.principal.reader_id if typed == "me" else UUID(typed)


def passage_of(one: Candidate) -> Passage:
    """Give a candidate as the ranking takes it."""
    return Passage(
        key=str(one.id),
        source=str(one.source_id),
        body=one.body,
        lexical=one.lexical,
        semantic=one.semantic,
        held=one.held,
        occurred_at=one.occurred_at,
        type=one.type,
        trust=one.trust,
        pinned=one.pinned,
        session=str(one.session_id) if one.session_id else None,
        place=one.place,
        role=one.role,
        speaker=one.speaker,
    )


def _query(
    wanted: SearchRequest,
    hashes: tuple[list[int], list[int]],
    vector: str | None,
    model: str | None,
    now: datetime,
) -> PassageQuery:
    return PassageQuery(
        term_keys=hashes[0],
        term_dimensions=hashes[1],
        vector=vector,
        model=model,
        candidates=candidates(wanted.limit),
        projects=wanted.project_ids,
        sources=list(wanted.sources) if wanted.sources else None,
        types=[one.removeprefix("memory_") for one in wanted.types] if wanted.types else None,
        tags=wanted.tags or None,
        author=wanted.author,
        tools=wanted.tools or None,
        branch=wanted.branch,
        since=wanted.since,
        until=wanted.until,
        at=now,
    )


def hit_of(one: Ranked, candidate: Candidate, words: list[str], *, explain: bool) -> SearchHit:
    """Show a passage small."""
    return SearchHit(
        source=candidate.source,
        id=candidate.source_id,
        project_id=candidate.project_id,
        session_id=candidate.session_id,
        type=candidate.type,
        context=candidate.context,
        snippet=snippet(candidate.body, words),
        starts=candidate.starts,
        ends=candidate.ends,
        tags=candidate.tags,
        tool=candidate.tool,
        branch=candidate.branch,
        occurred_at=candidate.occurred_at,
        score=round(one.score, 6),
        relevance=round(one.relevance, 6),
        copies=len(one.copies),
        explanation=one.explanation if explain else None,
    )
