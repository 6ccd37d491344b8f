"""Questions and commands about memories: revisions are added, the row shows the view of them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.memories.contains import contains
from contextfs.domain.memories.model import AuthorKind, Memory, RevisionShown
from contextfs.domain.memories.revisions import Fields, Revision, recalled
from contextfs.domain.memories.rules import canonical_type, dated, fingerprint, gist
from contextfs.domain.memories.view import View
from contextfs.kit.errors import NotFound
from contextfs.kit.fields import Sensitivity, Visibility
from contextfs.kit.page import Page, Position, bounds, cut
from contextfs.kit.ports import Row, Statement, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.memories")
_LIST = "memories"
_DELETED = _SQL["page"].replace("where not deleted", "where deleted")
"""A text of its own: the index of the other one holds what is not deleted, which a parameter would not show it."""


class MemoryFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which memories a list shows; what is None does not matter. `metadata` is contained in the memory's."""

    project_id: UUID | None = None
    type: str | None = None
    tags: list[str] | None = None
    author: UUID | None = None
    session_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    conflicted: bool | None = None
    metadata: dict[str, Any] | None = None
    visibility: list[Visibility] | None = None
    sensitivity: list[Sensitivity] | None = None
    superseded: bool = False
    """Also those that hold no longer."""
    deleted: bool = False
    """Only deleted memories."""


def fits(memory: Memory, wanted: MemoryFilter) -> bool:
    """Tell whether a list with this filter shows a memory."""
    return (
        (wanted.type is None or memory.type == canonical_type(wanted.type))
        and {*(wanted.tags or ())} <= {*memory.tags}
        and (wanted.since is None or memory.created_at >= wanted.since)
        and (wanted.until is None or memory.created_at < wanted.until)
        and (wanted.conflicted is None or memory.conflicted == wanted.conflicted)
        and (wanted.visibility is None or memory.visibility in wanted.visibility)
        and (wanted.sensitivity is None or memory.sensitivity in wanted.sensitivity)
        and (wanted.metadata is None or contains(memory.metadata, wanted.metadata))
        and (wanted.superseded or memory.overtaken is None)
    )


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A memory that this transaction holds: who it belongs to, and all of its revisions."""

    project_id: UUID
    author_id: UUID
    author_kind: AuthorKind
    session_id: UUID | None
    created_at: datetime
    revisions: tuple[Revision, ...]


def looking(project_id: UUID, fields: Fields, *, is_typed: bool) -> Statement:
    """Give the statement that looks for the memory that says the same in a project to its readers.

    Where nobody chose its type, one of any type is the same. Whoever is about to add the same text waits for the end of
    this transaction, so that it is added once.
    """
    return _SQL["same"], {
        "project_id": project_id,
        "fingerprint": fingerprint(fields.type, fields.content),
        "visibility": fields.visibility,
        "gist": None if is_typed else gist(fields.content),
    }


def look(tx: Transaction, looking: Statement) -> Callable[[], Memory | None]:
    """Look for the memory that says the same; what this gives waits for it, or for None."""
    coming = tx.ask(*looking)

    def same() -> Memory | None:
        known = (coming() or {})["same"]
        return None if known == "none" else get(tx, UUID(known))

    return same


def adding(org_id: UUID, memory: Memory, *, is_known: bool, view: View, revision: Revision, now: datetime) -> Statement:
    """Give the statement that stores a memory with its first revision; it is a Conflict where its id is taken.

    It stores none where its transaction was told that one says the same. Unless it `is_known` what was to be taken out
    of this one, it stores none either where anything was chosen.
    """
    owned = {"org_id": org_id, "project_id": memory.project_id}
    row = msgspec.structs.asdict(view.fields) | owned | _of(memory, view, now)
    stored = owned | {
        "memory_id": memory.id,
        "id": revision.id,
        "parents": revision.parents,
        "fields": revision.fields,
        "author": revision.author,
        "clock": revision.clock,
        "stored_at": now,
    }
    return _SQL["add"], {"memory": _json(row), "revision": _json(stored), "is_known": is_known}


def _of(memory: Memory, view: View, now: datetime) -> Row:
    """Give what the row of a new memory has beside its fields."""
    return {
        "id": memory.id,
        "author_id": memory.author_id,
        "author_kind": memory.author_kind,
        "session_id": memory.session_id,
        "conflicted": False,
        "bodies": (),
        "heads": view.heads,
        "version": view.version,
        "fingerprint": fingerprint(memory.type, memory.content),
        "created_at": now,
        "updated_at": now,
    }


def getting(memory_id: UUID) -> Statement:
    """Give the statement that reads a memory."""
    return _SQL["get"], {"id": memory_id}


def get(tx: Transaction, memory_id: UUID) -> Memory:
    """Read a memory; NotFound when there is none to see."""
    return noun(tx.one(*getting(memory_id)))


def hold(tx: Transaction, memory_id: UUID) -> Held:
    """Take a memory, deleted or not, with its revisions, and hold it against other changes."""
    row = tx.one(_SQL["lock"], {"id": memory_id})
    if row is None:
        raise NotFound(_ABSENT)
    kept = ("project_id", "author_id", "author_kind", "session_id", "created_at")
    return Held(**{name: row[name] for name in kept}, revisions=revisions(tx, memory_id))


def revisions(tx: Transaction, memory_id: UUID) -> tuple[Revision, ...]:
    """Read all revisions of a memory."""
    return tuple(
        recalled(
            Revision(
                memory_id=memory_id,
                parents=tuple(row["parents"]),
                fields=msgspec.convert(row["fields"], Fields),
                author=row["author"],
                clock=row["clock"],
            ),
            row["id"],
        )
        for row in tx.all(_SQL["revisions"], {"memory_id": memory_id})
    )


def history(tx: Transaction, memory_id: UUID) -> list[RevisionShown]:
    """Read all revisions of a memory as callers see them; NotFound when there are none."""
    rows = tx.all(_SQL["revisions"], {"memory_id": memory_id})
    if not rows:
        raise NotFound(_ABSENT)
    return [RevisionShown(**row) for row in rows]


def add_revision(tx: Transaction, org_id: UUID, held: Held, revision: Revision, *, view: View, now: datetime) -> None:
    """Add a revision to a memory that is held, and bring its row to the new view."""
    tx.run(
        _SQL["add_revision"],
        {
            "org_id": org_id,
            "project_id": held.project_id,
            "memory_id": revision.memory_id,
            "id": revision.id,
            "parents": list(revision.parents),
            "fields": _json(revision.fields),
            "author": revision.author,
            "clock": revision.clock,
            "now": now,
        },
    )
    tx.run(_SQL["show"], _row(view) | {"now": now})


def proven_by(tx: Transaction, project_id: UUID, session_id: UUID) -> list[UUID]:
    """Find the memories that a session proved and did not teach alone, deleted ones included; gives their ids."""
    named = {"project_id": project_id, "session_id": session_id}
    return [row["id"] for row in tx.all(_SQL["proven_by"], named)]


def learned_from(tx: Transaction, project_id: UUID, session_id: UUID) -> list[UUID]:
    """Find the memories that a session taught or proved, deleted ones included; gives their ids."""
    named = {"project_id": project_id, "session_id": session_id}
    return [row["id"] for row in tx.all(_SQL["learned_from"], named)]


def page(tx: Transaction, wanted: MemoryFilter, *, now: datetime, limit: int, cursor: str | None) -> Page[Memory]:
    """Read a page of memories, newest first; each says whether it holds `now`."""
    plain = msgspec.structs.asdict(wanted) | {
        "type": None if wanted.type is None else canonical_type(wanted.type),
        "metadata": None if wanted.metadata is None else _json(wanted.metadata),
    }
    rows = tx.all(_SQL["page"] if not wanted.deleted else _DELETED, plain | {"now": now} | bounds(cursor, limit, _LIST))
    return cut(
        [dated(noun(row), now) for row in rows], limit, lambda memory: Position(memory.created_at, memory.id), _LIST
    )


_ABSENT = "There is no such memory, or it is not yours to see."


def _row(view: View) -> dict[str, Any]:
    plain = msgspec.structs.asdict(view.fields)
    fields = view.fields
    return plain | {
        "id": view.memory_id,
        "tags": list(fields.tags),
        "metadata": _json(fields.metadata),
        "provenance": _json(fields.provenance),
        "anchors": _json(fields.anchors),
        "conflicted": view.conflicted,
        "bodies": list(view.bodies) if view.conflicted else [],
        "heads": list(view.heads),
        "version": view.version,
        "fingerprint": fingerprint(fields.type, fields.content),
    }


def noun(row: Row | None) -> Memory:
    """Give the memory of a row; NotFound where there is none."""
    if row is None:
        raise NotFound(_ABSENT)
    return Memory(**{name: row[name] for name in Memory.__struct_fields__ if name in row})


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
