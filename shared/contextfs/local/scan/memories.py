"""Looks through memories: as they are, and every revision that they ever had."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

import msgspec

from contextfs.domain.memories.model import MemoryChange
from contextfs.domain.redaction.model import Policy
from contextfs.kit.sql import load
from contextfs.local.base.connection import Row
from contextfs.local.scan.looking import Hit, hits
from contextfs.local.scan.model import Found
from contextfs.local.store import LocalStore

SQL: Final = load("contextfs.local.scan", "sqlite.sql")

_AT_ONCE: Final = 500
_SHOWN: Final = "`ctx scan --history --redact` replaces it by a revision"
_EARLIER: Final = "the revision before keeps it, for it is what its hash says: change the secret"


def memories(store: LocalStore, policy: Policy, counted: dict[str, int], *, redact: bool) -> Iterator[Found]:
    """Look through all revisions; the secrets of those that are shown are replaced by a further revision."""
    after = ""
    while rows := store.base.all(SQL["revisions"], {"after": after, "limit": _AT_ONCE}):
        for hit in hits([(row, _texts(row)) for row in rows], policy):
            is_shown = _is_shown(store, hit.thing)
            is_redacted = redact and is_shown and store.change(UUID(hit.thing["memory_id"]), MemoryChange()).stored
            yield from _found(hit, is_redacted=is_redacted, is_shown=is_shown)
        counted["revisions"] = counted.get("revisions", 0) + len(rows)
        after = rows[-1]["place"]


def _texts(row: Row) -> dict[str, Any]:
    fields = msgspec.json.decode(row["fields"])
    return {name: fields[name] for name in ("content", "title", "alternatives", "metadata") if fields.get(name)}


def _is_shown(store: LocalStore, row: Row) -> bool:
    shown = store.base.one(SQL["heads"], {"id": row["memory_id"]})
    return shown is not None and not shown["deleted"] and row["id"] in shown["heads"]


def _found(hit: Hit, *, is_redacted: bool, is_shown: bool) -> Iterator[Found]:
    for one in hit.findings:
        yield Found(
            kind=one.kind,
            fingerprint=one.fingerprint,
            where="memory" if is_shown else "earlier revision",
            id=hit.thing["memory_id"],
            within=hit.thing["id"],
            field=one.where.removeprefix("$."),
            is_redacted=is_redacted,
            cure=_SHOWN if is_shown and not is_redacted else _EARLIER,
        )
