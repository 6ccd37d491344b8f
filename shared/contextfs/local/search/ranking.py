"""From the raw scores of both legs to an order: the shared fusion, one hit for what says the same, one a source."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from contextfs.domain.search.fusion import Hit, Ranked, collapse, fuse
from contextfs.local.search.bounds import moment


class Candidate(NamedTuple):
    """A passage that a leg proposed, with the raw scores of both: BM25, and cosine similarity; None: not judged."""

    id: int
    source: str
    source_id: str
    session_id: str | None
    starts: int
    ends: int
    type: str
    tags: str
    tool: str | None
    branch: str | None
    trust: float
    pinned: bool
    occurred: int
    fingerprint: str
    lexical: float | None
    semantic: float | None


def ranked(found: Sequence[Candidate], *, now: datetime, least: float) -> list[Ranked]:
    """Bring candidates into one order, best first, from a relevance on that is above zero and not below `least`."""
    hits = [
        Hit(
            key=str(one.id),
            lexical=one.lexical,
            semantic=one.semantic,
            occurred_at=moment(one.occurred),
            type=one.type,
            trust=one.trust,
            pinned=one.pinned,
        )
        for one in found
    ]
    order = collapse(fuse(hits, now=now), {str(one.id): one.fingerprint for one in found})
    sources = {str(one.id): one.source_id for one in found}
    best = {sources[one.hit.key]: one for one in reversed(order)}
    kept = [one for one in order if best[sources[one.hit.key]] is one]
    return [one for one in kept if one.relevance > 0 and one.relevance >= least]
