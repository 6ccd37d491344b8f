"""Revisions: the immutable versions whose growing set is a memory.

A revision's id is the hash of what it says (memory, parents, fields), never of who said it when: the same edit made
twice, on two machines or by git and by the server, is the same revision. Sets of revisions merge by union.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final
from uuid import UUID

import msgspec

from contextfs.domain.memories.canonical import canonical, canonical_texts
from contextfs.domain.memories.clock import Clock, time_of, time_text
from contextfs.kit.errors import BadInput, Invalid
from contextfs.kit.fields import Moment
from contextfs.kit.pattern import pattern
from contextfs.kit.sha256 import sha256

_FORMAT: Final = b"contextfs.revision.1\n"
_ID: Final = pattern(r"[0-9a-f]{64}")


class Fields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole state of a memory as of one revision: a snapshot, so that a single revision can be shown by itself.

    `content` is the body. `alternatives` are the other bodies of a conflict that this revision leaves open: whoever
    retags a conflicted memory does not thereby choose a body. Sets (`tags`, `provenance`, `anchors`) are kept sorted
    and without repeats, and times in UTC. A field may be added later, with a default that then never changes: a default
    is left out of the id. A reader that does not know a field must refuse it, or it would compute another id.
    """

    type: str
    content: str
    visibility: str
    title: str | None = None
    alternatives: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    metadata: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])
    sensitivity: str | None = None
    confidence: float | None = None
    pinned: bool = False
    valid_from: Moment | None = None
    valid_to: Moment | None = None
    expires_at: Moment | None = None
    provenance: tuple[dict[str, Any], ...] = ()
    anchors: tuple[dict[str, Any], ...] = ()
    deleted: bool = False

    def __post_init__(self) -> None:
        """Bring sets and times to their one form; `Invalid` for a time without a zone."""
        if self.tags:
            msgspec.structs.force_setattr(self, "tags", tuple(sorted(set(self.tags))))
        if self.alternatives:
            others = tuple(text for text in dict.fromkeys(self.alternatives) if text != self.content)
            msgspec.structs.force_setattr(self, "alternatives", others)
        for name in ("provenance", "anchors"):
            if items := getattr(self, name):
                unique = {canonical(item): item for item in items}
                msgspec.structs.force_setattr(self, name, tuple(unique[text] for text in sorted(unique)))
        for name in ("valid_from", "valid_to", "expires_at"):
            if (when := getattr(self, name)) is not None:
                msgspec.structs.force_setattr(self, name, _in_utc(when, name))

    @property
    def bodies(self) -> tuple[str, ...]:
        """Every text that this state shows as the body, the one shown first at the front."""
        return (self.content, *self.alternatives)


class Revision(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One version of a memory: the whole state, the revisions it was made from, and beside these who and when.

    `parents` are ids, sorted and unique; `author` is text that names who; `clock` is the text of a `Clock`. Raises
    `BadInput` if a parent is not an id or the clock is not a clock.
    """

    memory_id: UUID
    fields: Fields
    author: str
    clock: str
    parents: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Sort the parents and check what is not covered by the id."""
        Clock.parse(self.clock)
        for parent in self.parents:
            if not _ID.fullmatch(parent):
                raise BadInput(f"{parent[:80]!r} is not a revision id; an id is 64 of 0-9 and a-f", where="$.parents")
        if len(self.parents) > 1:
            msgspec.structs.force_setattr(self, "parents", tuple(sorted(set(self.parents))))

    @cached_property
    def id(self) -> str:
        """The SHA-256, in hex, of `identity`: computed, never received, so it cannot be forged.

        `Invalid` if the fields hold what JSON cannot carry.
        """
        return sha256(identity(self)).hexdigest()

    @cached_property
    def said(self) -> dict[str, Any]:
        """What `said_by` gives of its state; not to be changed."""
        return said_by(self.fields)


def identity(revision: Revision) -> bytes:
    """Spell what an id stands for; two revisions are one exactly if these bytes are equal.

    It is the line `contextfs.revision.1`, then the canonical JSON (UTF-8) of `memory_id` (lower case, with hyphens),
    `parents` (sorted) and `fields`. Times are RFC 3339 in UTC with six decimals; fields at their default are left out.
    """
    fields = revision.said
    said = {"memory_id": str(revision.memory_id), "parents": revision.parents, "fields": fields}
    return _FORMAT + (canonical_texts(said) if fields.keys() <= _TEXTS else canonical(said).encode())


def said_by(fields: Fields) -> dict[str, Any]:
    """Give a state as the JSON object that ids are made of: only what differs from a default, times as text."""
    said: dict[str, Any] = {"type": fields.type, "content": fields.content, "visibility": fields.visibility}
    for name in _OPTIONAL:
        value = getattr(fields, name)
        if value is None or value is False or value in ((), {}):
            continue
        said[name] = instant(value) if isinstance(value, datetime) else value
    return said


def first(memory_id: UUID, fields: Fields, *, author: str, clock: str) -> Revision:
    """Begin a memory: its revision without parents."""
    return Revision(memory_id=memory_id, fields=fields, author=author, clock=clock)


def recalled(revision: Revision, revision_id: str) -> Revision:
    """Tell a revision its id, read from a store where it was computed before; it is then not computed again."""
    vars(revision)["id"] = revision_id
    return revision


def gathered(revisions: Iterable[Revision]) -> dict[str, Revision]:
    """Key revisions by id. Of one that arrived twice, the copy with the smallest (clock, author) is kept.

    The choice depends on the set alone, so replicas agree; and it is the earlier claim that a server keeps when it has
    capped a clock from the future.
    """
    known: dict[str, Revision] = {}
    for revision in revisions:
        held = known.setdefault(revision.id, revision)
        if held is not revision and (revision.clock, revision.author) < (held.clock, held.author):
            known[revision.id] = revision
    return known


def union(left: Iterable[Revision], right: Iterable[Revision]) -> tuple[Revision, ...]:
    """Merge two sets of revisions into one, sorted by id; order, repeats and grouping make no difference."""
    known = gathered((*left, *right))
    return tuple(known[name] for name in sorted(known))


def ancestors(revisions: Iterable[Revision], of: Iterable[str]) -> frozenset[str]:
    """Find the ids, among `revisions`, of everything that the revisions `of` were made from, directly or not."""
    return _ancestors(gathered(revisions), of)


def at(revisions: Iterable[Revision], when: datetime) -> tuple[Revision, ...]:
    """Give the revisions known at a time, sorted by id: those with a clock not after `when`, and their ancestors.

    The time is that of the clocks, in whole milliseconds: when an edit was made, not when it arrived here. Whoever made
    an edit knew its parents, so these are included even if a broken clock dates them later.
    """
    known, limit = gathered(revisions), time_text(when)
    made = {name for name, revision in known.items() if time_of(revision.clock) <= limit}
    return tuple(known[name] for name in sorted(made | _ancestors(known, made)))


def _ancestors(known: Mapping[str, Revision], of: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [name for name in of if name in known]
    while waiting:
        for parent in known[waiting.pop()].parents:
            if parent in known and parent not in found:
                found.add(parent)
                waiting.append(parent)
    return frozenset(found)


def _in_utc(when: datetime, name: str) -> datetime:
    if when.utcoffset() is None:
        raise Invalid(f"{name} has no time zone; write one, as in 2030-01-31T08:00:00Z", where=f"$.{name}")
    try:
        return when.astimezone(UTC)
    except OverflowError:
        raise Invalid(f"{name} lies outside the years 1 to 9999 in UTC", where=f"$.{name}") from None


def instant(when: datetime) -> str:
    """Write a time of UTC as states do; texts sort as the times do."""
    return f"{when.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


_OPTIONAL: Final = tuple(name for name in Fields.__struct_fields__ if name not in {"type", "content", "visibility"})
_TEXTS: Final = frozenset({"type", "content", "visibility", "title", "alternatives", "tags", "sensitivity"})
"""What holds texts alone; times are texts too, and too seldom to matter."""
