"""Search: a question is understood, both legs answer in one round trip, one calibrated score orders, small results."""

import logging
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

import msgspec

from contextfs.domain.search import store
from contextfs.domain.search.fusion import Ranked
from contextfs.domain.search.model import SearchHit, SearchReply, SearchRequest
from contextfs.domain.search.names import named
from contextfs.domain.search.question import Question, understand
from contextfs.domain.search.ranking import candidates, listed, rank
from contextfs.domain.search.signals import Passage
from contextfs.domain.search.snippet import snippet
from contextfs.domain.search.store import Candidate, PassageQuery
from contextfs.journeys.find import looking_back
from contextfs.journeys.find.embed import vector_text
from contextfs.journeys.find.index import hashed
from contextfs.journeys.find.looking_back import Back
from contextfs.kit.call import Call
from contextfs.kit.errors import Unavailable
from contextfs.kit.overtaken import Overtaken, overtaken, since

Mode = Literal["semantic", "hybrid", "lexical"]

_log = logging.getLogger(__name__)
_NO_MODEL = "semantic: no embedding model is installed, so words alone were compared"
_NOT_YET = "semantic: some passages are still waiting for their vectors"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Passages in their order, the best one of each memory or message, with what they were found by."""

    ranked: list[Ranked]
    candidates: dict[str, Candidate]
    words: list[str]
    degraded: list[str]
    overtaken: dict[UUID, Overtaken] = {}
    """What holds no longer, by its id: where that was asked for."""


def search(call: Call, wanted: SearchRequest, mode: Mode) -> SearchReply:
    """Find passages and show them small."""
    found = look(call, wanted, mode)
    hits = [
        _hit(one, found.candidates[one.hit.key], found, explain=wanted.explain) for one in found.ranked[: wanted.limit]
    ]
    return SearchReply(hits=hits, degraded=found.degraded)


def look(call: Call, wanted: SearchRequest, mode: Mode) -> Found:
    """Find passages; a leg that is down is named in `degraded`, and the other one answers.

    One round trip, and a second one where the question names somebody who turns out to speak in what was found: names
    mislead both legs, and who is meant decides the order instead.
    """
    now = wanted.as_of if wanted.as_of is not None and wanted.as_of < call.now else call.now
    question = understand(wanted.query, today=now.astimezone(UTC).date())
    wanted = _with_filters(call, wanted, question)
    back = looking_back.read(call, wanted) if now < call.now else None
    if question.lists:
        return _list(call, wanted, back, now)
    found, degraded = _ask(call, wanted, mode, question, back)
    meant = named(question.text, {one.speaker for one in found if one.speaker})
    if meant:
        question = question.without(meant)
        found, degraded = _ask(call, wanted, mode, question, back)
    ranked = [one for one in ranking(found, question, now) if one.relevance > 0]
    kept = [one for one in ranked if one.relevance >= wanted.min_relevance]
    return _found(call, wanted, kept, found, question.words, degraded, back)


def _list(call: Call, wanted: SearchRequest, back: Back | None, now: datetime) -> Found:
    """Find what passes the filters, newest first: of a question of nothing but operators."""
    reach = wanted if back is None else back.said
    found = store.listed(call.tx, _query(reach, ([], []), None, None, call.now)) if reach else []
    found += back.candidates(()) if back else []
    ranked = listed([_passage(one) for one in found], now=now)
    return _found(call, wanted, ranked, found, (), list(back.degraded) if back else [], back)


def _found(
    call: Call,
    wanted: SearchRequest,
    ranked: list[Ranked],
    found: Sequence[Candidate],
    words: Sequence[str],
    degraded: list[str],
    back: Back | None,
) -> Found:
    over = back.overtaken if back else ended(call, _memories(found)) if wanted.superseded else {}
    by_key = {str(candidate.id): candidate for candidate in found}
    return Found(ranked=ranked, candidates=by_key, words=list(words), degraded=degraded, overtaken=over)


def ended(call: Call, memories: Collection[UUID]) -> dict[UUID, Overtaken]:
    """Tell which of some memories hold no longer, and what took their place."""
    told = {memory_id: overtaken(**end, at=call.now) for memory_id, end in store.ends(call.tx, memories).items()}
    return {memory_id: over for memory_id, over in told.items() if over is not None}


def _memories(found: Sequence[Candidate]) -> set[UUID]:
    return {one.source_id for one in found if one.source == "memory"}


def ranking(found: Sequence[Candidate], question: Question, now: datetime) -> list[Ranked]:
    """Bring candidates into one order: the best passage of each source, and of those that say the same."""
    rarities = next((one.rarities for one in found if one.rarities), list[float]())
    return rank([_passage(one) for one in found], question, rarities, now=now)


def _ask(
    call: Call, wanted: SearchRequest, mode: Mode, question: Question, back: Back | None
) -> tuple[list[Candidate], list[str]]:
    """Ask both legs; tell what could not take part. In the past, they look at what was said by then alone."""
    reach = wanted if back is None else back.said
    found, degraded = _legs(call, reach, mode, question) if reach else ([], [])
    if back is None:
        return found, degraded
    return [*found, *back.candidates(question.words)], list(dict.fromkeys([*degraded, *back.degraded]))


def _legs(call: Call, wanted: SearchRequest, mode: Mode, question: Question) -> tuple[list[Candidate], list[str]]:
    vector, model, degraded = _vector(call, question.about, mode)
    by_words = mode != "semantic" or vector is None
    hashes = hashed(call.principal.org_id, list(question.words) if by_words else [])
    found = store.search(call.tx, _query(wanted, hashes, vector, model, call.now))
    if vector is not None and any(not candidate.embedded for candidate in found):
        degraded.append(_NOT_YET)
    return found, degraded


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


def _passage(one: Candidate) -> Passage:
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


def _vector(call: Call, text: str, mode: Mode) -> tuple[str | None, str | None, list[str]]:
    if mode == "lexical" or not text.strip():
        return None, None, []
    try:
        embedder = call.services.embedder()
        if embedder is None:
            return None, None, [_NO_MODEL]
        return vector_text(next(iter(embedder.embed([text])))), embedder.model, []
    except Unavailable as error:
        _log.warning("semantic leg down", extra={"kind": type(error).__name__})
        return None, None, [f"semantic: {error.detail}"]


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
        at=since(now, superseded=wanted.superseded),
    )


def _hit(one: Ranked, candidate: Candidate, found: Found, *, explain: bool) -> SearchHit:
    return SearchHit(
        source=candidate.source,
        id=candidate.source_id,
        project_id=candidate.project_id,
        session_id=candidate.session_id,
        type=candidate.type,
        context=candidate.context,
        snippet=snippet(candidate.body, found.words),
        starts=candidate.starts,
        ends=candidate.ends,
        tags=candidate.tags,
        tool=candidate.tool,
        branch=candidate.branch,
        occurred_at=candidate.occurred_at,
        score=round(one.score, 6),
        relevance=round(one.relevance, 6),
        copies=len(one.copies),
        overtaken=found.overtaken.get(candidate.source_id),
        explanation=one.explanation if explain else None,
    )
