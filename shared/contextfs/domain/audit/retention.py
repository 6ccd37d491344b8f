"""Questions and commands about how long audit logs are kept."""

from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.audit.checkpoint import Checkpoint
from contextfs.domain.audit.model import Retention
from contextfs.kit.ports import Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.audit")


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """Up to where a log may be cut: the last entry that need not be kept."""

    org_id: UUID
    position: int
    hash: bytes


def get(tx: Transaction) -> Retention:
    """Read how long the log is kept."""
    return Retention(keep_days=(tx.one(_SQL["get_retention"]) or {"keep_days": None})["keep_days"])


def put(tx: Transaction, org_id: UUID, keep_days: int | None, *, by: UUID, now: datetime) -> None:
    """Say how long the log is kept; for ever, where no days are named."""
    named = {"org_id": org_id, "keep_days": keep_days, "by": by, "now": now}
    tx.run(_SQL["clear_retention" if keep_days is None else "put_retention"], named)


def checkpoint(tx: Transaction) -> Checkpoint | None:
    """Read where the organization's log was cut last."""
    row = tx.one(_SQL["checkpoint"])
    return None if row is None else Checkpoint(**row)


def to_cut(tx: Transaction, now: datetime) -> list[Due]:
    """Name the logs of any organization that hold more than is kept, the one looked at longest ago first.

    Only the platform's own role may.
    """
    return [Due(**row) for row in tx.all(_SQL["to_cut"], {"now": now})]


def look(tx: Transaction, org_id: UUID, at: datetime) -> None:
    """Say that a log is looked at, to be cut: it has had its turn. Only the platform's own role may."""
    tx.run(_SQL["look_at_log"], {"org_id": org_id, "at": at})


def cut(tx: Transaction, due: Due, signature: bytes, *, now: datetime, entry_id: UUID) -> int:
    """Cut a log; gives how many entries went. Only the platform's own role may.

    None go where the chain does not hold, or a stream has still to deliver one of them.
    """
    named = {"org_id": due.org_id, "position": due.position, "signature": signature, "now": now, "id": entry_id}
    return (tx.one(_SQL["cut"], named) or {"cut": 0})["cut"]
