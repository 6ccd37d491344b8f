"""Many memories at once: each question and each command is one statement, however many memories it is about."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.memories.revisions import Fields, Revision, recalled
from contextfs.domain.memories.rules import author_kind, fingerprint
from contextfs.domain.memories.view import View
from contextfs.kit.ports import Transaction
from contextfs.kit.principal import Principal
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.memories", "bulk.sql")


class HeldMemory(msgspec.Struct, frozen=True, kw_only=True):
    """A memory that this transaction holds: whose it is, and all of its revisions."""

    author_id: UUID
    revisions: tuple[Revision, ...]


def hold(tx: Transaction, project_id: UUID, ids: Iterable[UUID]) -> dict[UUID, HeldMemory]:
    """Take memories of a project, deleted or not, with their revisions, and hold them against other changes."""
    rows = tx.all(_SQL["lock"], {"project_id": project_id, "ids": list(ids)})
    known = revisions(tx, [row["id"] for row in rows])
    return {row["id"]: HeldMemory(author_id=row["author_id"], revisions=tuple(known[row["id"]])) for row in rows}


def revisions(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, list[Revision]]:
    """Read all revisions of memories."""
    known: dict[UUID, list[Revision]] = defaultdict(list)
    for row in tx.all(_SQL["revisions"], {"ids": list(ids)}) if ids else ():
        revision = Revision(
            memory_id=row["memory_id"],
            parents=tuple(row["parents"]),
            fields=msgspec.convert(row["fields"], Fields),
            author=row["author"],
            clock=row["clock"],
        )
        known[row["memory_id"]].append(recalled(revision, row["id"]))
    return known


def insert(
    tx: Transaction, by: Principal, project_id: UUID, views: Mapping[UUID, View], now: datetime
) -> frozenset[UUID]:
    """Store the rows of memories that are new; gives the ids of those that were, for another may have been faster."""
    if not views:
        return frozenset()
    sessions = _sessions(tx, project_id, views.values())
    owned = {"org_id": by.org_id, "project_id": project_id, "author_id": by.reader_id, "created_at": now}
    rows = [
        _row(one, now) | owned | {"author_kind": author_kind(one.fields), "session_id": _learned_from(one, sessions)}
        for one in views.values()
    ]
    return frozenset(row["id"] for row in tx.all(_SQL["insert"], {"rows": _json(rows)}))


def add_revisions(
    tx: Transaction, org_id: UUID, project_id: UUID, taken: Mapping[UUID, Sequence[Revision]], now: datetime
) -> dict[UUID, frozenset[str]]:
    """Add revisions; gives the ids of those that were new, or that are known by an earlier clock from now on."""
    rows = [
        {
            "org_id": org_id,
            "project_id": project_id,
            "memory_id": one.memory_id,
            "id": one.id,
            "parents": one.parents,
            "fields": one.fields,
            "author": one.author,
            "clock": one.clock,
            "stored_at": now,
        }
        for some in taken.values()
        for one in {one.id: one for one in sorted(some, key=_latest_first, reverse=True)}.values()
    ]
    added: dict[UUID, set[str]] = defaultdict(set)
    for row in tx.all(_SQL["add_revisions"], {"rows": _json(rows)}):
        added[row["memory_id"]].add(row["id"])
    return {memory_id: frozenset(some) for memory_id, some in added.items()}


def show(tx: Transaction, views: Sequence[View], now: datetime) -> None:
    """Bring the rows of memories that are held to their views."""
    if views:
        tx.run(_SQL["show"], {"rows": _json([_row(one, now) for one in views])})


def _latest_first(one: Revision) -> tuple[str, str]:
    return (one.clock, one.author)


def _sessions(tx: Transaction, project_id: UUID, views: Iterable[View]) -> frozenset[UUID]:
    """Find the sessions, of those that memories say they were learned from, that the caller sees in the project."""
    named = {_named(one) for one in views} - {None}
    if not named:
        return frozenset()
    rows = tx.all(_SQL["sessions"], {"project_id": project_id, "ids": list(named)})
    return frozenset(row["id"] for row in rows)


def _named(view: View) -> UUID | None:
    text = next((str(proof["session_id"]) for proof in view.fields.provenance if proof.get("session_id")), None)
    return None if text is None else UUID(text)


def _learned_from(view: View, known: frozenset[UUID]) -> UUID | None:
    named = _named(view)
    return named if named in known else None


def _row(view: View, now: datetime) -> dict[str, Any]:
    fields = view.fields
    return msgspec.structs.asdict(fields) | {
        "id": view.memory_id,
        "conflicted": view.conflicted,
        "bodies": view.bodies if view.conflicted else (),
        "heads": view.heads,
        "version": view.version,
        "fingerprint": fingerprint(fields.type, fields.content),
        "updated_at": now,
    }


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
