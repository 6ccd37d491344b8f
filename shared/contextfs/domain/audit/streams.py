"""Questions and commands about where audit logs are streamed to. The log itself is the queue: nothing is copied."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from contextfs.domain.audit.model import AuditEntry, AuditStream, AuditStreamChange, StreamFormat
from contextfs.kit.errors import Conflict
from contextfs.kit.ports import Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.audit", "streams.sql")
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
_LEASE = timedelta(minutes=3)
_LONGEST_ERROR = 500
ABSENT = "The audit log is streamed nowhere: set a destination first."


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed to send: where to, since when, from where on, and the sealed secrets.

    `refused` is the position of an entry that was refused alone, when that was tried last.
    """

    url: str
    format: StreamFormat
    set_at: datetime
    delivered_to: int
    refused: int | None
    failures: int
    sealed: bytes
    former: bytes | None
    authorization_sealed: bytes | None


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """An organization whose stream has something to send."""

    org_id: UUID
    due_at: datetime


def pause(failures: int) -> timedelta:
    """Give for how long a destination is left alone after so many failures: twice as long each time, up to an hour."""
    return min(_FIRST_PAUSE * 2 ** min(failures, 20), _LONGEST_PAUSE)


def get(tx: Transaction) -> AuditStream:
    """Read the organization's stream and how far it has come; it is off when there is none."""
    row = tx.one(_SQL["get"])
    if row is None:
        return AuditStream()
    state = "failing" if row["failures"] else "delivering" if row["behind"] else "current"
    return msgspec.convert(row | {"state": state}, AuditStream)


def put(
    tx: Transaction,
    org_id: UUID,
    wanted: AuditStreamChange,
    *,
    sealed: bytes,
    authorization: bytes | None,
    by: UUID,
    now: datetime,
) -> bool:
    """Set the stream; tells whether it is new, and so has the secret that was sealed for it."""
    named = {"org_id": org_id, "url": wanted.url, "format": wanted.format, "backfill": wanted.backfill}
    secrets = {"sealed": sealed, "authorization": authorization, "by": by, "now": now}
    return (tx.one(_SQL["put"], named | secrets) or {"is_new": False})["is_new"]


def rotate(tx: Transaction, *, sealed: bytes, former_until: datetime, now: datetime) -> None:
    """Give the stream a new secret; Conflict when there is none."""
    if not tx.run(_SQL["rotate"], {"sealed": sealed, "former_until": former_until, "now": now}):
        raise Conflict(ABSENT)


def delete(tx: Transaction) -> None:
    """Stream the log no more."""
    tx.run(_SQL["delete"])


def sending(tx: Transaction, now: datetime) -> Sending | None:
    """Read what sending needs; None when there is no stream."""
    row = tx.one(_SQL["sealed"], {"now": now})
    return None if row is None else Sending(**row)


def waiting(tx: Transaction, after: int, most: int) -> list[AuditEntry]:
    """Read the sealed entries that follow a position, in the order of the chain."""
    return [AuditEntry(**row) for row in tx.all(_SQL["waiting"], {"after": after, "limit": most})]


def lease(tx: Transaction, now: datetime) -> None:
    """Keep a stream from being due while it is sent; after a crash it is due again when this is over."""
    tx.run(_SQL["lease"], {"until": now + _LEASE})


def delivered(tx: Transaction, sent: Sending, position: int, now: datetime, *, next_at: datetime) -> None:
    """Note up to where the destination took entries, and from when on it is sent more."""
    named = {"url": sent.url, "after": sent.delivered_to, "position": position, "now": now, "next_at": next_at}
    tx.run(_SQL["delivered"], named)


def skipped(tx: Transaction, sent: Sending, position: int, error: str, now: datetime) -> bool:
    """Note that the destination will not take an entry, and go on behind it; False when the stream was set anew."""
    named = {"url": sent.url, "after": sent.delivered_to, "position": position, "now": now}
    return tx.run(_SQL["skipped"], named | {"error": error[:_LONGEST_ERROR]}) > 0


def failed(tx: Transaction, sent: Sending, error: str, now: datetime, *, refused: int | None = None) -> None:
    """Note that the destination took nothing, or `refused` a single entry; it is sent again after a pause."""
    again = now + pause(sent.failures)
    named = {"url": sent.url, "error": error[:_LONGEST_ERROR], "now": now, "next_at": again, "refused": refused}
    tx.run(_SQL["failed"], named)


def take_due(tx: Transaction, now: datetime, most: int) -> list[Due]:
    """Take the streams of any organization that have something to send. Only the platform's own role may."""
    return [Due(**row) for row in tx.all(_SQL["take_due"], {"now": now, "most": most})]
