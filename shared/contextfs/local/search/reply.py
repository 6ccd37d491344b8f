"""What a search answers: hits small, and, where nothing was found, in how much it was looked for."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.search.facets import Facet, Traits, facets, traits
from contextfs.domain.search.fusion import Ranked
from contextfs.domain.search.model import SearchHit, Similar, Source
from contextfs.domain.search.snippet import snippet
from contextfs.local.base.connection import Base
from contextfs.local.search.bounds import encoded, moment
from contextfs.local.search.candidates import Candidate
from contextfs.local.search.due import project_id
from contextfs.local.search.find import Found
from contextfs.local.search.model import LocalReply, Wanted
from contextfs.local.search.queries import SQL

Levels = Callable[[], Mapping[str, str]]
"""Gives who may see what was said, by session."""


def small(
    base: Base,
    wanted: Wanted,
    found: Found,
    degraded: list[str],
    notes: list[str],
    *,
    levels: Levels,
    me: Callable[[], str],
) -> LocalReply:
    """Show what was found small; `me` names who works here."""
    project = project_id(base)
    hits = [_hit(one, found.candidates[one.hit.key], found, project, wanted) for one in found.ranked]
    if wanted.mode == "graph":
        from contextfs.local.graph.walking import with_paths  # noqa: PLC0415 - few searches walk

        hits = with_paths(base, hits, found.reached)
    if wanted.as_of is None:
        hits = _with_conflicts(base, hits)
    counts: dict[str, Any] = {} if hits else base.one(SQL["looked_in"]) or {}
    counted = _facets(found, project, levels(), me) if wanted.facets else None
    return LocalReply(hits=hits, degraded=degraded, notes=[*notes, *found.notes], facets=counted, **counts)


def _facets(found: Found, project: UUID, levels: Mapping[str, str], me: Callable[[], str]) -> dict[str, list[Facet]]:
    """Count all that was found, of which the best are shown; what has no author was captured here, and is not shared.

    That is by who works here, as a search by author has it.
    """
    counted = [found.candidates[key] for key in (*(one.hit.key for one in found.ranked), *found.more)]
    mine = "" if all(one.author for one in counted) else me()
    return facets(_traits(one, str(project), levels, mine) for one in counted)


def _traits(candidate: Candidate, project: str, levels: Mapping[str, str], mine: str) -> Traits:
    return traits(
        source=_source(candidate),
        type=candidate.type,
        tags=msgspec.json.decode(candidate.tags, type=list[str]),
        tool=candidate.tool,
        branch=candidate.branch,
        project=project,
        author=candidate.author or mine,
        visibility=candidate.visibility or levels.get(candidate.session_id or ""),
        sensitivity=candidate.sensitivity,
        occurred_at=moment(candidate.occurred),
    )


def _with_conflicts(base: Base, hits: list[SearchHit]) -> list[SearchHit]:
    """Mark the memories whose text nobody has settled."""
    memories = encoded([str(one.id) for one in hits if one.source == "memory"])
    doubted = {row["id"] for row in base.all(SQL["conflicted"], {"ids": memories})}
    return [msgspec.structs.replace(one, conflicted=str(one.id) in doubted) for one in hits] if doubted else hits


def _hit(one: Ranked, candidate: Candidate, found: Found, project: UUID, wanted: Wanted) -> SearchHit:
    return SearchHit(
        source=_source(candidate),
        id=UUID(candidate.source_id),
        project_id=project,
        session_id=UUID(candidate.session_id) if candidate.session_id else None,
        type=candidate.type,
        context=candidate.context,
        snippet=snippet(
            candidate.body,
            found.words,
            told=candidate.context if _source(candidate) == "memory" else "",
            languages=found.languages,
        ),
        starts=candidate.starts,
        ends=candidate.ends,
        tags=msgspec.json.decode(candidate.tags, type=list[str]),
        tool=candidate.tool,
        branch=candidate.branch,
        occurred_at=moment(candidate.occurred),
        score=round(one.score, 6),
        relevance=round(one.relevance, 6),
        copies=len(one.copies),
        similar=[_similar(found.candidates[key]) for key in one.copies],
        overtaken=found.overtaken.get(UUID(candidate.source_id)),
        explanation=one.explanation if wanted.explain else None,
    )


def _similar(candidate: Candidate) -> Similar:
    return Similar(source=_source(candidate), id=UUID(candidate.source_id))


def _source(candidate: Candidate) -> Source:
    return "memory" if candidate.source == "memory" else "message"
