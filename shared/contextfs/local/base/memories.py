"""Revisions and views in the local database."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from contextfs.domain.memories.clock import Clock, receive, tick
from contextfs.domain.memories.revisions import Fields, Revision, recalled, said_by
from contextfs.domain.memories.rules import fingerprint
from contextfs.domain.memories.view import View, view
from contextfs.kit.ids import Entropy
from contextfs.kit.overtaken import overtaken
from contextfs.kit.sql import load
from contextfs.local.base.connection import Base, Row
from contextfs.local.base.marks import mark, set_mark
from contextfs.local.document import names
from contextfs.local.model import LocalMemory

SQL = load("contextfs.local.base", "sqlite.sql")

_CLOCK, _REDACTION = "clock", "redaction_key"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_fields = msgspec.json.Decoder(Fields)
_ids = msgspec.json.Decoder(tuple[str, ...])
_encode = msgspec.json.Encoder().encode


class Draft(NamedTuple):
    """A memory that may be new here: the rows of its revisions and of itself as they are where it is. All is plain."""

    added: Sequence[Row]
    row: Row

    @property
    def revisions(self) -> tuple[Revision, ...]:
        """Give the revisions again."""
        memory_id = UUID(self.row["id"])
        return tuple(_revision(memory_id, row) for row in self.added)

    def with_whole_id(self) -> Row:
        """Give the row of a memory whose short id another one has too."""
        revisions = self.revisions
        return self.row | {"path": names.path_of(view(revisions), revisions, whole_id=True)}


def revisions_of(base: Base, memory_id: UUID) -> tuple[Revision, ...]:
    """Read all revisions of a memory."""
    return tuple(_revision(memory_id, row) for row in base.all(SQL["revisions"], {"memory_id": str(memory_id)}))


def record(
    base: Base,
    memory_id: UUID,
    fresh: Sequence[Revision],
    *,
    sent: bool = False,
    from_absence: bool = False,
) -> View:
    """Add revisions of a memory, bring its row to the new view, and tell search; gives that view."""
    added = [_added(one, sent=sent, from_absence=from_absence) for one in fresh]
    base.many(SQL["add_revision"], added)
    known = revisions_of(base, memory_id)
    now_shown = view(known)
    others = _sharing(base, [(names.short(memory_id), str(memory_id))])[names.short(memory_id)]
    base.run(SQL["show"], _row(now_shown, known, whole_id=len(others) > 1))
    base.run(SQL["touch"], {"memory_id": str(memory_id)})
    return now_shown


def draft(seen: View, revisions: Sequence[Revision], *, sent: bool) -> Draft:
    """Make the rows of a memory as they are where nothing is known of it; nobody has to wait meanwhile."""
    return Draft([_added(one, sent=sent) for one in revisions], _row(seen, revisions, whole_id=False))


def record_new(base: Base, drafts: Sequence[Draft]) -> None:
    """Add many memories that nothing is known of, in a few statements."""
    sharing = _sharing(base, [(one.row["short"], one.row["id"]) for one in drafts])
    rows = [one.row if len(sharing[one.row["short"]]) == 1 else one.with_whole_id() for one in drafts]
    base.many(SQL["add_revision"], [row for one in drafts for row in one.added])
    base.many(SQL["show"], rows)
    base.many(SQL["touch"], [{"memory_id": row["id"]} for row in rows])


def forget(base: Base, memory_id: UUID) -> None:
    """Take a memory out of this store, with its revisions."""
    for query in ("forget_memory", "forget_revisions"):
        base.run(SQL[query], {"id": str(memory_id)})
    base.run(SQL["touch"], {"memory_id": str(memory_id)})


def next_clock(base: Base, now: datetime) -> str:
    """Make the stamp of a new edit, later than all that were seen here."""
    stamp = str(tick(_last(base), now))
    set_mark(base, _CLOCK, stamp)
    return stamp


def see_clocks(base: Base, clocks: Iterable[str], now: datetime) -> None:
    """Move the local clock past stamps that arrived."""
    latest = max(clocks, default=None)
    if latest is not None:
        set_mark(base, _CLOCK, str(receive(_last(base), Clock.parse(latest), now)))


def redaction_key(base: Base, entropy: Entropy) -> bytes:
    """Give the key by which equal secrets get equal marks; made once, whoever asks first."""
    held = mark(base, _REDACTION)
    if held is None:
        with base.transaction():
            held = mark(base, _REDACTION) or entropy(32).hex()
            set_mark(base, _REDACTION, held)
    return bytes.fromhex(held)


def shown(row: Row, at: datetime | None = None) -> LocalMemory:
    """Give the noun of a memory's row; it says whether it held no longer at a time."""
    fields = _fields.decode(row["fields"])
    over = None
    if at is not None and (fields.valid_to or fields.expires_at):
        over = overtaken(valid_to=fields.valid_to, expires_at=fields.expires_at, metadata=fields.metadata, at=at)
    plain = msgspec.structs.asdict(fields)
    kept = {name: plain[name] for name in LocalMemory.__struct_fields__ if name in plain}
    lists: dict[str, Any] = {name: list(plain[name]) for name in ("tags", "provenance", "anchors")}
    return LocalMemory(
        **(kept | lists),
        id=UUID(row["id"]),
        author=row["author"],
        conflicted=bool(row["conflicted"]),
        bodies=list(fields.bodies) if row["conflicted"] else [],
        version=row["version"],
        path=row["path"],
        created_at=time_of(row["created"]),
        updated_at=time_of(row["updated"]),
        overtaken=over,
    )


def fields_in(row: Row) -> Fields:
    """Give the state that a memory's row shows."""
    return _fields.decode(row["fields"])


def as_json(value: Any) -> str:
    """Write a value as the columns that hold JSON have it, and as queries take a list."""
    return _encode(value).decode()


def heads_in(row: Row) -> tuple[str, ...]:
    """Give the heads of the view that a memory's row shows."""
    return _ids.decode(row["heads"])


def _added(revision: Revision, *, sent: bool, from_absence: bool = False) -> dict[str, Any]:
    return {
        "memory_id": str(revision.memory_id),
        "id": revision.id,
        "parents": as_json(revision.parents),
        "fields": as_json(revision.said),
        "author": revision.author,
        "clock": revision.clock,
        "sent": sent,
        "from_absence": from_absence,
    }


def _sharing(base: Base, memories: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Give the ids of all memories that share a short id with some (short ids and ids), these too, by the short id."""
    found: dict[str, set[str]] = {}
    for short, one in memories:
        found.setdefault(short, set()).add(one)
    for row in base.all(SQL["of_shorts"], {"shorts": as_json([*found])}):
        found[row["short"]].add(row["id"])
    return found


def _row(now_shown: View, known: Sequence[Revision], *, whole_id: bool) -> dict[str, Any]:
    fields = now_shown.fields
    said = known[0].said if fields is known[0].fields else said_by(fields)
    return {
        "id": str(now_shown.memory_id),
        "type": fields.type,
        "title": fields.title,
        "content": fields.content,
        "tags": as_json(fields.tags),
        "fields": as_json(said | {"deleted": fields.deleted}),
        "heads": as_json(now_shown.heads),
        "version": now_shown.version,
        "author": now_shown.updated_by,
        "session_id": next((one["session_id"] for one in fields.provenance if one.get("session_id")), None),
        "pinned": fields.pinned,
        "private": fields.visibility == "private",
        "conflicted": now_shown.conflicted,
        "deleted": fields.deleted,
        "fingerprint": fingerprint(fields.type, fields.content),
        "short": names.short(now_shown.memory_id),
        "path": names.path_of(now_shown, known, whole_id=whole_id),
        "created": now_shown.created_clock,
        "updated": now_shown.updated_clock,
    }


def _revision(memory_id: UUID, row: Row) -> Revision:
    made = Revision(
        memory_id=memory_id,
        parents=_ids.decode(row["parents"]),
        fields=_fields.decode(row["fields"]),
        author=row["author"],
        clock=row["clock"],
    )
    return recalled(made, row["id"])


def _last(base: Base) -> Clock | None:
    text = mark(base, _CLOCK)
    return None if text is None else Clock.parse(text)


def time_of(clock: str) -> datetime:
    """Give the time in a clock's text."""
    return _EPOCH + timedelta(milliseconds=Clock.parse(clock).millis)
