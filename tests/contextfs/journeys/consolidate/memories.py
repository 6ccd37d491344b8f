"""Memories to consolidate: as a person wrote them, or as they were learned."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.memories.model import AuthorKind
from contextfs.domain.memories.revisions import Fields
from contextfs.journeys.consolidate.model import Known, Plan
from contextfs.journeys.consolidate.retire import followed

NOW = datetime(2030, 6, 1, tzinfo=UTC)
_FIRST = datetime(2030, 1, 1, tzinfo=UTC)


def known(number: int, content: str, *, day: int | None = None, **told: Any) -> Known:
    """Give a memory that was learned from what a person said on a day; `told` may say otherwise."""
    about: dict[str, Any] = {"owner": "", "author_kind": "human", "written": False, "apart": frozenset[UUID]()}
    about |= {name: told.pop(name) for name in list(told) if name in {*about, "recalled_at", "changed_at"}}
    since = _FIRST + timedelta(days=number if day is None else day)
    proof = {"session_id": str(UUID(int=1000 + number))}
    fields: dict[str, Any] = {"type": "fact", "visibility": "project", "valid_from": since, "provenance": (proof,)}
    return Known(id=UUID(int=number), fields=Fields(content=content, **(fields | told)), created_at=since, **about)


def by(kind: AuthorKind) -> dict[str, Any]:
    """Say whose words a memory is made of."""
    return {"author_kind": kind}


def states(memories: Iterable[Known]) -> dict[UUID, Fields]:
    """Give the states of memories by their ids."""
    return {one.id: one.fields for one in memories}


def done(memories: Iterable[Known], plan: Plan) -> list[Known]:
    """Give memories as they are once all that is sure was done."""
    memories = list(memories)
    after = states(memories)
    for proposal in plan.sure:
        after |= followed(proposal, after, NOW)
    return [msgspec.structs.replace(one, fields=after[one.id]) for one in memories]
