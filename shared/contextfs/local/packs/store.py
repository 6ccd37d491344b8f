"""Packs of a local store: kept in passing, and asked for later."""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from uuid import UUID

import msgspec

from contextfs.domain.context.record import PackRecord
from contextfs.domain.memories.revisions import instant
from contextfs.kit.errors import NotFound
from contextfs.kit.sql import load
from contextfs.local.base.connection import Base

SQL = load("contextfs.local.packs", "sqlite.sql")

KEPT = timedelta(days=90)
PATIENCE_SECONDS = 0.02
"""How long a pack waits for others who write, before it is handed over without being kept."""

_SHORT = 12


def keep(base: Base, made: Callable[[], PackRecord]) -> bool:
    """Make and keep the record of a pack, and note what was handed over; False where that could not be done at once.

    Nobody waits for it: a store that is busy, full or read-only hands its packs over all the same. One that a power cut
    undoes is no loss.
    """
    try:
        with base.transaction(durable=False, patience=PATIENCE_SECONDS):
            if not _is_made(base):
                base.script("contextfs.local.packs")
            record = made()
            values = {"id": str(record.id), "short": record.id.hex[-_SHORT:], "created": instant(record.created_at)}
            base.run(SQL["keep"], values | {"record": msgspec.json.encode(record).decode()})
            handed = msgspec.json.encode(record.handed).decode()
            base.run(SQL["note"], {"handed": handed, "day": record.created_at.date().isoformat()})
            base.run(SQL["forget"], {"before": instant(record.created_at - KEPT)})
    except sqlite3.OperationalError:
        return False
    return True


def find(base: Base, name: str) -> PackRecord:
    """Read a pack by its id, its last twelve digits, or `last`; NotFound when there is none."""
    values = {"id": None, "short": None}
    if name != "last":
        values |= {"short": name} if len(name) == _SHORT else {"id": name}
    row = base.one(SQL["find"], values) if _is_made(base) else None
    if row is None and name == "last":
        raise NotFound("No context pack yet: `ctx context TASK` makes one.")
    if row is None:
        raise NotFound(f"There is no such pack here: packs are kept for {KEPT.days} days.")
    found = msgspec.json.decode(row["record"], type=PackRecord)
    return found.with_lines(_lines(base, found))


def recalled(base: Base) -> Mapping[UUID, date]:
    """Tell on which day each memory was handed over last."""
    rows = base.all(SQL["recalled"]) if _is_made(base) else []
    return {UUID(row["memory_id"]): date.fromisoformat(row["day"]) for row in rows}


def use(base: Base, from_day: date) -> tuple[date | None, int]:
    """Tell since when it is noted what is handed over, and on how many days it was since some day."""
    row = base.one(SQL["use"], {"from_day": from_day.isoformat()}) if _is_made(base) else None
    if row is None or row["since"] is None:
        return None, 0
    return date.fromisoformat(row["since"]), row["days"]


def _lines(base: Base, record: PackRecord) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for source, query in (("memory", "lines"), ("message", "said")):
        ids = [one.id for one in record.choices if one.source == source]
        if ids:
            rows = base.all(SQL[query], {"ids": msgspec.json.encode(ids).decode()})
            found |= {UUID(row["id"]): row["line"] for row in rows}
    return found


def _is_made(base: Base) -> bool:
    return bool((base.one(SQL["is_made"]) or {"is_so": 0})["is_so"])
