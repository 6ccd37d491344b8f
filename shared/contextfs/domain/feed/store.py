"""Questions about the feed: what changed after a position, and what it was."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from contextfs.domain.feed.model import SyncStatus
from contextfs.kit.changes import Kind
from contextfs.kit.ports import Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.feed")


class Entry(NamedTuple):
    """One change in a feed."""

    position: int
    kind: Kind
    subject: UUID
    items: Sequence[str]
    size: int


class Reach(NamedTuple):
    """The changes after a position, and where the feed stood when they were read."""

    head: int
    entries: list[Entry]


def page(tx: Transaction, project_id: UUID, *, cursor: int, limit: int, origin: UUID | None) -> Reach:
    """Read up to `limit` changes after a position, without those that `origin` made."""
    wanted = {"project_id": project_id, "cursor": cursor, "limit": limit, "origin": origin}
    rows = tx.all(_SQL["page"], wanted)
    entries = [
        Entry(row["position"], row["kind"], row["subject"], row["items"], row["size"])
        for row in rows
        if row["position"] is not None
    ]
    return Reach(rows[0]["head"], entries)


def status(tx: Transaction, project_id: UUID, *, sessions: bool) -> SyncStatus:
    """Tell where the feed stands and how much the caller sees; of sessions only if asked for."""
    [row] = tx.all(_SQL["status"], {"project_id": project_id, "sessions": sessions})
    return SyncStatus(project_id=project_id, **row)


def revisions(tx: Transaction, wanted: Sequence[tuple[UUID, str]]) -> list[Row]:
    """Read revisions by their memories and ids; those that the caller may not see are left out."""
    if not wanted:
        return []
    return tx.all(_SQL["revisions"], {"memories": [one for one, _ in wanted], "ids": [one for _, one in wanted]})


def sessions(tx: Transaction, wanted: Sequence[UUID]) -> list[Row]:
    """Read sessions by their ids; those that the caller may not see are left out."""
    return tx.all(_SQL["sessions"], {"ids": list(wanted)}) if wanted else []


def messages(tx: Transaction, wanted: Sequence[tuple[UUID, str]]) -> list[Row]:
    """Read messages by their sessions and ids, in their order; those that the caller may not see are left out."""
    if not wanted:
        return []
    return tx.all(_SQL["messages"], {"sessions": [one for one, _ in wanted], "ids": [one for _, one in wanted]})


def visible(tx: Transaction, memories: Sequence[UUID], sessions: Sequence[UUID]) -> frozenset[UUID]:
    """Tell which of these things the caller sees."""
    if not memories and not sessions:
        return frozenset()
    rows = tx.all(_SQL["visible"], {"memories": list(memories), "sessions": list(sessions)})
    return frozenset(row["id"] for row in rows)
