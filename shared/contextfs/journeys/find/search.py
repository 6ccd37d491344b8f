"""Search: both legs in one round trip, one calibrated score, small results."""

import logging
from datetime import datetime
from typing import Literal

import msgspec

from contextfs.domain.search import store
from contextfs.domain.search.fusion import Hit, Ranked, collapse, fuse
from contextfs.domain.search.model import SearchHit, SearchReply, SearchRequest
from contextfs.domain.search.snippet import snippet
from contextfs.domain.search.store import Candidate, PassageQuery
from contextfs.domain.search.tokens import fingerprint, query_terms
from contextfs.journeys.find.embed import vector_text
from contextfs.journeys.find.index import hashed
from contextfs.kit.call import Call
from contextfs.kit.errors import Unavailable

Mode = Literal["semantic", "hybrid", "lexical"]

_log = logging.getLogger(__name__)
_MORE = 5
_LEAST_CANDIDATES = 50
_NO_MODEL = "semantic: no embedding model is installed, so words alone were compared"
_NOT_YET = "semantic: some passages are still waiting for their vectors"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Passages in their order, the best one of each memory or message, with what they were found by."""

    ranked: list[Ranked]
    candidates: dict[str, Candidate]
    words: list[str]
    degraded: list[str]


def search(call: Call, wanted: SearchRequest, mode: Mode) -> SearchReply:
    """Find passages and show them small."""
    found = look(call, wanted, mode)
    hits = [
        _hit(one, found.candidates[one.hit.key], found.words, explain=wanted.explain)
        for one in found.ranked[: wanted.limit]
    ]
    return SearchReply(hits=hits, degraded=found.degraded)


def look(call: Call, wanted: SearchRequest, mode: Mode) -> Found:
    """Find passages; a leg that is down is named in `degraded`, and the other one answers."""
    vector, model, degraded = _vector(call, wanted.query, mode)
    words = query_terms(wanted.query)
    by_words = mode != "semantic" or vector is None
    hashes = hashed(call.principal.org_id, words if by_words else [])
    found = store.search(call.tx, _query(wanted, hashes, vector, model, call.now))
    if vector is not None and any(not candidate.embedded for candidate in found):
        degraded.append(_NOT_YET)
    by_key = {str(candidate.id): candidate for candidate in found}
    ranked = [one for one in _one_a_source(ranking(found, call.now), by_key) if one.relevance > 0]
    kept = [one for one in ranked if one.relevance >= wanted.min_relevance]
    return Found(ranked=kept, candidates=by_key, words=words, degraded=degraded)


def ranking(found: list[Candidate], now: datetime) -> list[Ranked]:
    """Bring candidates into one order; those that say the same are one."""
    hits = [
        Hit(
            key=str(candidate.id),
            lexical=candidate.lexical,
            semantic=candidate.semantic,
            occurred_at=candidate.occurred_at,
            type=candidate.type,
            trust=candidate.trust,
            pinned=candidate.pinned,
        )
        for candidate in found
    ]
    return collapse(fuse(hits, now=now), {str(candidate.id): fingerprint(candidate.body) for candidate in found})


def _vector(call: Call, text: str, mode: Mode) -> tuple[str | None, str | None, list[str]]:
    if mode == "lexical":
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
        candidates=max(wanted.limit * _MORE, _LEAST_CANDIDATES),
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


def _one_a_source(ranked: list[Ranked], by_key: dict[str, Candidate]) -> list[Ranked]:
    """Keep the best passage of each memory or message."""
    best = {by_key[one.hit.key].source_id: one for one in reversed(ranked)}
    return [one for one in ranked if best[by_key[one.hit.key].source_id] is one]


def _hit(one: Ranked, candidate: Candidate, words: list[str], *, explain: bool) -> SearchHit:
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
