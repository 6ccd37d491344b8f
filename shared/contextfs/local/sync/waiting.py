"""Which sessions of this store the server has to learn something of, and how they all stand: asked, and not sent."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

import msgspec

from contextfs.local.base.connection import Base
from contextfs.local.config import Level, Sharing
from contextfs.local.sessions.rows import SQL, level_in


class Due(NamedTuple):
    """A session of our own that the server lacks something of, who may see it, and how the server will know it."""

    id: UUID
    level: Level
    told: str
    was: str | None

    @property
    def has_changed_readers(self) -> bool:
        """Tell whether others see it from now on, or do so no more."""
        return (self.was or "private").partition(" ")[0] != self.level


class RefusedSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session that the server would not take, and why."""

    session_id: UUID
    reason: str


class SessionsStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the sessions of a store stand; `to_push` of them have something that the server lacks."""

    count: int
    messages: int
    to_push: int
    refused: list[RefusedSession]

    @classmethod
    def of(cls, base: Base, sharing: Sharing) -> "SessionsStatus":
        """Look at the sessions of a store."""
        counts = base.one(SQL["counts"]) or {}
        return cls(
            count=counts["sessions"],
            messages=counts["messages"],
            to_push=sum(1 for _ in due(base, sharing)),
            refused=[
                RefusedSession(session_id=UUID(row["session_id"]), reason=row["reason"])
                for row in base.all(SQL["refused"])
            ],
        )


def due(base: Base, sharing: Sharing) -> Iterator[Due]:
    """Give our own sessions that the server has to learn something of."""
    for row in base.all(SQL["own"]):
        level = level_in(row, sharing)
        told = f"{level} {row['version']}"
        is_seen = (row["told"] or "").startswith("project ")
        if row["told"] != told and (level == "project" or is_seen):
            yield Due(UUID(row["id"]), level, told, row["told"])
