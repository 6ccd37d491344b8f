"""Questions about the audit log. Nothing here writes into it: that happens as each call is settled."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.audit.chain import Link
from contextfs.domain.audit.model import AuditEntry
from contextfs.kit.page import Page, Position, bounds, cut
from contextfs.kit.ports import Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.audit")
_LIST = "audit_log"
_LINKS_AT_ONCE = 5000
_NO_END = 2**62


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries are wanted; what is None does not matter."""

    since: datetime | None = None
    until: datetime | None = None
    actor: UUID | None = None
    user: UUID | None = None
    """A member, whichever of their keys and logins they used."""
    action: str | None = None
    subject: UUID | None = None
    project_id: UUID | None = None


class End(msgspec.Struct, frozen=True, kw_only=True):
    """Where the chain ends, if it has begun, and how many entries wait to be sealed."""

    position: int | None
    hash: bytes | None
    unsealed: int


def page(tx: Transaction, wanted: AuditFilter, *, limit: int, cursor: str | None) -> Page[AuditEntry]:
    """Read a page of entries, newest first."""
    action = wanted.action or ""
    kind = action.removesuffix("*") if action.endswith(".*") else None
    asked = msgspec.structs.asdict(wanted) | {"action": None if kind else wanted.action, "kind": kind}
    rows = tx.all(_SQL["page"], asked | bounds(cursor, limit, _LIST))
    items = [AuditEntry(**row) for row in rows]
    return cut(items, limit, lambda entry: Position(entry.at, entry.id), _LIST)


def links(tx: Transaction, until: int | None) -> Iterator[Link]:
    """Read the chain of the organization up to a position, a part at a time."""
    after = 0
    while rows := tx.all(_SQL["links"], {"after": after, "until": until or _NO_END, "limit": _LINKS_AT_ONCE}):
        yield from (Link(position=row["position"], hash=row["hash"], digest=row["digest"]) for row in rows)
        after = rows[-1]["position"]


def end(tx: Transaction) -> End:
    """Read where the chain ends."""
    return End(**(tx.one(_SQL["end"]) or {"position": None, "hash": None, "unsealed": 0}))


def seal(tx: Transaction, most: int) -> int:
    """Seal entries of any organization that are not yet; gives how many. Only the platform's own role may."""
    return (tx.one(_SQL["seal"], {"most": most}) or {"sealed": 0})["sealed"]
