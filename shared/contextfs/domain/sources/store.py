"""Questions and commands about sources."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.sources.address import ABSENT, Place, written
from contextfs.domain.sources.model import NewSource, Scheme, Source
from contextfs.kit.errors import NotFound
from contextfs.kit.page import Page, Position, bounds, cut
from contextfs.kit.ports import Parameters, Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.sources")
_LIST = "sources"


def entering(place: Place) -> tuple[str, Parameters]:
    """Give the statement that opens a sender's transaction; its row is how the source signs, or there is none."""
    return _SQL["enter"], {"org_id": place.org_id, "source_id": place.source_id}


def insert(
    tx: Transaction, place: Place, new: NewSource, *, scheme: Scheme, sealed: bytes, by: UUID, now: datetime
) -> Source:
    """Create a source; Conflict when its name is taken, NotFound when there is no such project to see."""
    values: dict[str, Any] = {
        "org_id": place.org_id,
        "id": place.source_id,
        "project_id": new.project_id,
        "name": new.name,
        "preset": new.preset,
        "scheme": scheme,
        "tool": new.named_tool,
        "tags": new.tags,
        "mapping": None if new.mapping is None else msgspec.json.encode(new.mapping).decode(),
        "sealed": sealed,
        "created_by": by,
        "now": now,
    }
    return _source(tx.one(_SQL["insert"], values))


def get(tx: Transaction, source_id: UUID) -> Source:
    """Read a source; NotFound when there is none to see."""
    return _source(tx.one(_SQL["get"], {"id": source_id}))


def page(tx: Transaction, *, limit: int, cursor: str | None) -> Page[Source]:
    """Read a page of sources, newest first."""
    items = [_source(row) for row in tx.all(_SQL["page"], bounds(cursor, limit, _LIST))]
    return cut(items, limit, lambda source: Position(source.created_at, source.id), _LIST)


def rotate(tx: Transaction, source_id: UUID, *, sealed: bytes, former_until: datetime, now: datetime) -> Source:
    """Give a source a new secret; the one that it had stays good until `former_until`."""
    values = {"id": source_id, "sealed": sealed, "former_until": former_until, "now": now}
    return _source(tx.one(_SQL["rotate"], values))


def delete(tx: Transaction, source_id: UUID) -> None:
    """Delete a source; what it sent stays."""
    tx.run(_SQL["delete"], {"id": source_id})


def _source(row: Row | None) -> Source:
    if row is None:
        raise NotFound(ABSENT)
    path = f"/v1/ingest/{written(Place(row['org_id'], row['id']))}"
    return msgspec.convert({name: value for name, value in row.items() if name != "org_id"} | {"path": path}, Source)
