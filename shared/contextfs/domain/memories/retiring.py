"""Questions about memories that say the same, contradict each other, or were retired for one another."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.memories.model import AuthorKind
from contextfs.domain.memories.revisions import Fields
from contextfs.kit.page import bounds
from contextfs.kit.ports import Row, Transaction
from contextfs.kit.sql import load

RETIRED_LIST = "retired"

_SQL = load("contextfs.domain.memories", "retiring.sql")
_SETS = ("tags", "provenance", "anchors")


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """A memory that is not deleted; `edited` says that its last state is not its learner's."""

    id: UUID
    fields: Fields
    author_id: UUID
    author_kind: AuthorKind
    created_at: datetime
    updated_at: datetime
    edited: bool


class Retired(msgspec.Struct, frozen=True, kw_only=True):
    """A memory that is retired; its metadata tell what for."""

    id: UUID
    project_id: UUID
    metadata: dict[str, Any]
    updated_at: datetime


def present(tx: Transaction, project_id: UUID, learner: str) -> list[Present]:
    """Read every memory of a project, as far as it can be seen."""
    kept = ("id", "author_id", "author_kind", "created_at", "updated_at", "edited")
    rows = tx.all(_SQL["present"], {"project_id": project_id, "learner": learner})
    return [Present(fields=_fields(row), **{name: row[name] for name in kept}) for row in rows]


def parted(tx: Transaction, project_id: UUID, learner: str) -> list[tuple[UUID, str]]:
    """Read which memories of a project were retired for which other, and taken back by another than their learner."""
    rows = tx.all(_SQL["parted"], {"project_id": project_id, "learner": learner})
    return [(row["memory_id"], row["other_id"]) for row in rows]


def retired_for(tx: Transaction, project_id: UUID, others: Iterable[UUID]) -> list[UUID]:
    """Read which memories of a project are retired for one of some."""
    rows = tx.all(_SQL["retired_for"], {"project_id": project_id, "others": [str(one) for one in others]})
    return [row["id"] for row in rows]


def retired(tx: Transaction, project_id: UUID | None, *, limit: int, cursor: str | None) -> list[Retired]:
    """Read a page of what is retired, the latest first, and one more."""
    rows = tx.all(_SQL["retired"], bounds(cursor, limit, RETIRED_LIST) | {"project_id": project_id})
    return [Retired(**row) for row in rows]


def briefs(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Row]:
    """Read memories, deleted or not, as a reviewer sees them."""
    return {row["id"]: row for row in tx.all(_SQL["brief"], {"ids": list(ids)})}


def _fields(row: Row) -> Fields:
    state: dict[str, Any] = {name: row[name] for name in Fields.__struct_fields__ if name in row}
    for name in _SETS:
        state[name] = tuple(row[name])
    state["alternatives"] = tuple(row["bodies"][1:])
    return Fields(**state)
