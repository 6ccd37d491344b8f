"""What a search found, and how that is shown: small, and counted by what it is."""

from uuid import UUID

import msgspec

from contextfs.domain.search import store
from contextfs.domain.search.facets import Facet, Traits, facets, traits
from contextfs.domain.search.fusion import Ranked
from contextfs.domain.search.model import SearchHit, Similar, VectorsUsed
from contextfs.domain.search.snippet import snippet
from contextfs.domain.search.store import Candidate, Seen
from contextfs.kit.languages import Languages
from contextfs.kit.overtaken import Overtaken
from contextfs.kit.ports import Transaction


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Passages in their order, the best one of each memory or message, with what they were found by."""

    ranked: list[Ranked]
    candidates: dict[str, Candidate]
    asked: str
    """The question, without what narrows it."""
    words: list[str]
    languages: Languages
    """In which words are known in all their forms, beside English."""
    degraded: list[str]
    notes: list[str] = []
    """Why nothing was found."""
    overtaken: dict[UUID, Overtaken] = {}
    """What holds no longer, by its id: where that was asked for."""
    vectors: VectorsUsed | None = None
    """Which vectors were compared, where that is to be explained."""

    def facets(self, tx: Transaction) -> dict[str, list[Facet]]:
        """Count what was found by what it is; one round trip."""
        counted = [self.candidates[one.hit.key] for one in self.ranked]
        known = store.seen(tx, [one.id for one in counted if one.seen is None])
        return facets(_traits(one, one.seen or known.get(one.id)) for one in counted)


def hit_of(one: Ranked, found: Found, *, explain: bool) -> SearchHit:
    """Show a passage small."""
    candidate = found.candidates[one.hit.key]
    return SearchHit(
        source=candidate.source,
        id=candidate.source_id,
        project_id=candidate.project_id,
        session_id=candidate.session_id,
        type=candidate.type,
        context=candidate.context,
        snippet=snippet(
            candidate.body,
            found.words,
            told=candidate.context if candidate.source == "memory" else "",
            languages=found.languages,
        ),
        starts=candidate.starts,
        ends=candidate.ends,
        tags=candidate.tags,
        tool=candidate.tool,
        branch=candidate.branch,
        occurred_at=candidate.occurred_at,
        score=round(one.score, 6),
        relevance=round(one.relevance, 6),
        copies=len(one.copies),
        similar=[_similar(found.candidates[key]) for key in one.copies],
        overtaken=found.overtaken.get(candidate.source_id),
        explanation=one.explanation if explain else None,
    )


def _traits(candidate: Candidate, seen: Seen | None) -> Traits:
    return traits(
        source=candidate.source,
        type=candidate.type,
        tags=candidate.tags,
        tool=candidate.tool,
        branch=candidate.branch,
        project=str(candidate.project_id),
        author=str(candidate.author_id),
        visibility=seen.visibility if seen else None,
        sensitivity=seen.sensitivity if seen else None,
        occurred_at=candidate.occurred_at,
    )


def _similar(candidate: Candidate) -> Similar:
    return Similar(source=candidate.source, id=candidate.source_id)
