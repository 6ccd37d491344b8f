"""What goes into an export, as far as the claims of the transaction see it; read a part at a time, never as a whole."""

from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

from contextfs.kit.ports import Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.exports")
_MEMORIES = 200
_SESSIONS = 200
_MESSAGES = 200
_ENTRIES = 1000


def organization(tx: Transaction) -> str:
    """Give the organization's name."""
    [row] = tx.all(_SQL["organization"])
    return row["name"]


def projects(tx: Transaction, project_id: UUID | None) -> list[tuple[UUID, str]]:
    """Give one project, or all, with their names."""
    return [(row["id"], row["name"]) for row in tx.all(_SQL["projects"], {"project_id": project_id})]


def memories(tx: Transaction, project_id: UUID) -> Iterator[list[Row]]:
    """Give the revisions of each memory of a project, deleted or not: all that a memory had at one moment."""
    after: UUID | None = None
    while rows := tx.all(_SQL["revisions"], {"project_id": project_id, "after": after, "limit": _MEMORIES}):
        for memory_id, revisions in groupby(rows, key=lambda row: row["memory_id"]):
            yield list(revisions)
            after = memory_id


def sessions(tx: Transaction, project_id: UUID) -> Iterator[Row]:
    """Give the sessions of a project."""
    after: UUID | None = None
    while rows := tx.all(_SQL["sessions"], {"project_id": project_id, "after": after, "limit": _SESSIONS}):
        yield from rows
        after = rows[-1]["id"]


def messages(tx: Transaction, session_id: UUID) -> Iterator[Row]:
    """Give the messages of a session, in their order."""
    last: Row = {"created_at": None, "id": None}
    while rows := tx.all(
        _SQL["messages"],
        {"session_id": session_id, "at": last["created_at"], "after": last["id"], "limit": _MESSAGES},
    ):
        yield from rows
        last = rows[-1]


def entries(tx: Transaction) -> Iterator[Row]:
    """Give the audit log, the oldest entry first."""
    last: Row = {"at": None, "id": None}
    while rows := tx.all(_SQL["entries"], {"at": last["at"], "after": last["id"], "limit": _ENTRIES}):
        yield from rows
        last = rows[-1]
