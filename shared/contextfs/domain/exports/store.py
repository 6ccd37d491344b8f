"""Questions and commands about exports."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.exports.model import Content, Export
from contextfs.domain.exports.rules import KEPT, WRITTEN_WITHIN
from contextfs.kit.errors import NotFound
from contextfs.kit.page import Page, Position, bounds, cut
from contextfs.kit.ports import Blob, Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.exports")
_LIST = "exports"
_GIVEN_UP = "It was not written in time: ask for it anew."


class Counts(msgspec.Struct):
    """How much was written into an export."""

    revisions: int = 0
    sessions: int = 0
    messages: int = 0
    entries: int = 0


def insert(
    tx: Transaction,
    org_id: UUID,
    export_id: UUID,
    *,
    project_id: UUID | None,
    by: UUID,
    contents: list[Content],
    now: datetime,
) -> Export:
    """Ask for an export; NotFound when there is no such project to see."""
    values = {"org_id": org_id, "id": export_id, "project_id": project_id, "requested_by": by, "contents": contents}
    return _export(tx.one(_SQL["insert"], values | {"now": now, "expires_at": now + KEPT}), now)


def pending(tx: Transaction, project_id: UUID | None, contents: list[Content], now: datetime) -> UUID | None:
    """Name the export of the same that is being written for the caller."""
    named = {"project_id": project_id, "contents": contents, "since": now - WRITTEN_WITHIN}
    row = tx.one(_SQL["pending"], named)
    return row["id"] if row else None


def get(tx: Transaction, export_id: UUID, now: datetime) -> Export:
    """Read an export; NotFound when there is none to see, or its time is over."""
    return _export(tx.one(_SQL["get"], {"id": export_id, "now": now}), now)


def hold(tx: Transaction, export_id: UUID, now: datetime) -> Export | None:
    """Take an export that is to be written, and hold it; None when it is written, or gone."""
    row = tx.one(_SQL["hold"], {"id": export_id, "now": now})
    return None if row is None else msgspec.convert(row, Export)


def page(tx: Transaction, *, limit: int, cursor: str | None, now: datetime) -> Page[Export]:
    """Read a page of the caller's exports, newest first."""
    rows = tx.all(_SQL["page"], bounds(cursor, limit, _LIST) | {"now": now})
    items = [_export(row, now) for row in rows]
    return cut(items, limit, lambda export: Position(export.created_at, export.id), _LIST)


def finish(tx: Transaction, export_id: UUID, blob: Blob, counts: Counts, now: datetime) -> None:
    """Say that an export is there."""
    values = {"id": export_id, "size": blob.size, "sha256": blob.sha256, "now": now}
    tx.run(_SQL["finish"], values | msgspec.structs.asdict(counts))


def fail(tx: Transaction, export_id: UUID, failure: str, now: datetime) -> None:
    """Say why an export is not there."""
    tx.run(_SQL["fail"], {"id": export_id, "failure": failure, "now": now})


def delete(tx: Transaction, export_id: UUID, now: datetime) -> None:
    """Forget an export; NotFound when there is none to see."""
    if tx.one(_SQL["delete"], {"id": export_id, "now": now}) is None:
        raise NotFound(_ABSENT)


def over(tx: Transaction, now: datetime) -> list[tuple[UUID, UUID]]:
    """Name the exports whose time is over, of all organizations; gives their organizations and ids."""
    return [(row["org_id"], row["id"]) for row in tx.all(_SQL["over"], {"now": now})]


def forget(tx: Transaction, exports: Sequence[tuple[UUID, UUID]]) -> None:
    """Forget exports of any organizations."""
    tx.run(_SQL["forget"], {"orgs": [org_id for org_id, _ in exports], "ids": [one for _, one in exports]})


_ABSENT = "There is no such export, or it is not yours to see: exports go after seven days."


def _export(row: Row | None, now: datetime) -> Export:
    if row is None:
        raise NotFound(_ABSENT)
    if row["status"] == "pending" and row["created_at"] < now - WRITTEN_WITHIN:
        row = row | {"status": "failed", "failure": _GIVEN_UP}
    return msgspec.convert(row, Export)
