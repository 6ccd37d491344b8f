"""What was known at a time: the view of the revisions that were there then, without those that came after.

A memory that did not exist then is absent, one that was deleted since is present. Whoever may not see a memory now does
not see it as it was, and what was private then is for its author alone. A memory that nothing changed since is its
row; only the others are folded anew, so that looking back costs what changed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.memories import bulk
from contextfs.domain.memories.clock import time_text
from contextfs.domain.memories.model import Memory
from contextfs.domain.memories.revisions import Revision, at
from contextfs.domain.memories.rules import dated, moment_of, shown
from contextfs.domain.memories.store import noun
from contextfs.domain.memories.view import View, view
from contextfs.kit.page import Position
from contextfs.kit.ports import Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.memories", "past.sql")
_BATCH = 500


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """A time, who looks back to it, and at which memories; what is None does not matter."""

    as_of: datetime
    reader: UUID
    id: UUID | None = None
    projects: list[UUID] | None = None
    author: UUID | None = None
    session_id: UUID | None = None


def known(tx: Transaction, past: Past, after: Position | None = None) -> Iterator[Memory]:
    """Give memories as they were, newest first, behind a position; they are read as they are asked for."""
    wanted = {
        "then": time_text(past.as_of),
        "id": past.id,
        "projects": past.projects,
        "author": past.author,
        "session_id": past.session_id,
        "limit": _BATCH,
    }
    while True:
        place = {"at": after.at if after else None, "after": after.id if after else None}
        rows = tx.all(_SQL["known"], wanted | place)
        revisions = bulk.revisions(tx, [row["id"] for row in rows if row["changed"]])
        for row in rows:
            memory = _then(row, revisions.get(row["id"], ()), past)
            if memory is not None:
                yield memory
        if len(rows) < _BATCH:
            return
        after = Position(rows[-1]["created_at"], rows[-1]["id"])


def known_at(revisions: Sequence[Revision], when: datetime) -> View | None:
    """Give the view of the revisions known at a time; None where there was no memory then."""
    then = at(revisions, when)
    if not then or (seen := view(then)).deleted:
        return None
    return seen


def _then(row: Row, revisions: Sequence[Revision], past: Past) -> Memory | None:
    memory: Memory | None = None
    if row["changed"]:
        seen = known_at(revisions, past.as_of)
        memory = _shown(row, seen, moment_of(max(one.clock for one in at(revisions, past.as_of)))) if seen else None
    elif not row["deleted"]:
        memory = noun(row)
    if memory is None or (memory.visibility == "private" and memory.author_id != past.reader):
        return None
    return dated(memory, past.as_of)


def _shown(row: Row, seen: View, updated_at: datetime) -> Memory:
    kept = ("project_id", "author_id", "author_kind", "session_id", "created_at")
    return shown(seen, updated_at=updated_at, **{name: row[name] for name in kept})
