"""Questions and commands about packs that were handed over."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from contextfs.domain.context.record import PackRecord
from contextfs.kit.errors import NotFound
from contextfs.kit.ports import Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.context")
_WHOLE = 36


class Use(NamedTuple):
    """Since when it is noted what a project hands over, and on how many days it did since some day."""

    since: date | None
    days: int


def keep(tx: Transaction, org_id: UUID, reader: UUID, record: PackRecord) -> None:
    """Keep the record of a pack, and note what was handed over; it is sent with the commit, and nobody waits for it."""
    values = {
        "org_id": org_id,
        "project_id": record.project_id,
        "id": record.id,
        "short": record.id.hex[-12:],
        "reader": reader,
        "now": record.created_at,
        "record": msgspec.json.encode(record).decode(),
        "handed": record.handed,
    }
    tx.last(_SQL["keep"], values)


def find(tx: Transaction, name: str, project_id: UUID | None) -> PackRecord:
    """Read one of the caller's own packs by its id, its last twelve digits, or `last`; NotFound when there is none."""
    values = {"project_id": project_id, "id": None, "short": None}
    if name != "last":
        values |= {"id": UUID(name)} if len(name) == _WHOLE else {"short": name}
    row = tx.one(_SQL["find"], values)
    if row is None:
        raise NotFound("There is no such pack, or it was not yours: packs are kept for 90 days.")
    found = msgspec.convert(row["record"], PackRecord)
    return found.with_lines(lines(tx, [one.id for one in found.choices]))


def lines(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Tell how memories and messages begin today, as far as they can be seen."""
    return {row["id"]: row["line"] for row in tx.all(_SQL["lines"], {"ids": list(ids)})}


def recalled(tx: Transaction, project_id: UUID) -> dict[UUID, date]:
    """Tell on which day each memory of a project was handed over last."""
    return {row["memory_id"]: row["day"] for row in tx.all(_SQL["recalled"], {"project_id": project_id})}


def use(tx: Transaction, project_id: UUID, from_day: date) -> Use:
    """Tell how long and how often a project was asked."""
    row = tx.one(_SQL["use"], {"project_id": project_id, "from_day": from_day}) or {}
    return Use(since=row.get("since"), days=row.get("days") or 0)


def forget(tx: Transaction, *, packs_before: datetime, recalls_before: date) -> int:
    """Forget old packs, and what was handed over long ago; gives how much."""
    gone = tx.run(_SQL["forget"], {"before": packs_before})
    return gone + tx.run(_SQL["forget_recalls"], {"before": recalls_before})
