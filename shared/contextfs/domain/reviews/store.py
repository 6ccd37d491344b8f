"""Questions and commands about the queue: what waits, and where consolidation is due."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from contextfs.domain.reviews.model import ReviewKind
from contextfs.kit.page import bounds
from contextfs.kit.ports import Transaction
from contextfs.kit.sql import load

LIST = "reviews"

_SQL = load("contextfs.domain.reviews")


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal that waits for a person."""

    id: UUID
    project_id: UUID
    kind: ReviewKind
    memory_id: UUID
    other_id: UUID | None
    reason: str
    created_at: datetime


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal with who may see it."""

    org_id: UUID
    project_id: UUID
    id: UUID
    kind: ReviewKind
    memory_id: UUID
    other_id: UUID | None
    reason: str
    visibility: str
    author_id: UUID
    created_at: datetime


class Due(NamedTuple):
    """A project in which something was written, the reader who saw it, and since when it waits."""

    org_id: UUID
    project_id: UUID
    reader: UUID
    due_at: datetime


def ask(tx: Transaction, project_id: UUID, asked: Sequence[Asked]) -> None:
    """Let the queue of a project hold these proposals and no others, as far as it can be seen."""
    tx.run(_SQL["withdraw"], {"project_id": project_id, "asked": [one.id for one in asked]})
    if asked:
        tx.run(_SQL["wait"], {"rows": msgspec.json.encode(asked).decode()})


def page(tx: Transaction, project_id: UUID | None, *, limit: int, cursor: str | None) -> list[Waiting]:
    """Read a page of what waits, newest first, and one more."""
    rows = tx.all(_SQL["page"], bounds(cursor, limit, LIST) | {"project_id": project_id})
    return [Waiting(**row) for row in rows]


def take(tx: Transaction, review_id: UUID) -> Waiting | None:
    """Take one out of the queue; None where it does not wait. Whoever asks for it too waits for this transaction."""
    row = tx.one(_SQL["take"], {"id": review_id})
    return None if row is None else Waiting(**row)


def note(tx: Transaction, due: Due) -> None:
    """Note that something was written."""
    tx.run(_SQL["note"], due._asdict())


def due(tx: Transaction, now: datetime, limit: int) -> list[Due]:
    """Take what is due; two who ask get different ones."""
    return [Due(**row) for row in tx.all(_SQL["due"], {"now": now, "limit": limit})]
