"""Everything of a store in one file, and back: the lines that `journeys/export/format.py` describes.

Taking one in twice, or in parts, changes nothing: revisions, sessions and messages are known by their ids. Exports of
the first format, which had no sessions, are read as well.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

import msgspec

from contextfs.domain.feed.model import SentRevision
from contextfs.domain.memories.revisions import Revision
from contextfs.domain.memories.rules import acceptable
from contextfs.journeys.export.format import FORMAT, Head, Line, ProjectKept
from contextfs.kit.errors import ContextFSError, Invalid
from contextfs.kit.sql import load
from contextfs.local.config import ProjectNamed
from contextfs.local.sessions import archived
from contextfs.local.sessions.store import LocalSessions
from contextfs.local.store import LocalStore

KINDS: Final = ("revision", "session", "message")
"""What the lines after the first one hold."""

_READ: Final = ("contextfs.export.1", FORMAT)
_BATCH: Final = 2000
_SQL: Final = load("contextfs.local.base", "sqlite.sql")


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What taking an export in did: what of it was not here yet."""

    revisions: int = 0
    memories: int = 0
    conflicted: int = 0
    sessions: int = 0
    messages: int = 0


class _Read(msgspec.Struct, frozen=True):
    """A line that was read: a revision, or a part of a session."""

    revision: Revision | None
    line: Line


def written(store: LocalStore, project: ProjectNamed, now: datetime, *, private: bool = True) -> Iterator[bytes]:
    """Write a store, line by line, always in the same order."""
    named = ProjectKept(id=project.id, name=project.name)
    yield msgspec.json.encode(Head(format=FORMAT, project=named, exported_at=now)) + b"\n"
    for row in store.base.all(_SQL["every"]):
        if row["private"] and not private:
            continue
        for one in sorted(store.log(UUID(row["id"])), key=lambda one: (one.clock, one.id)):
            yield msgspec.json.encode(Line(revision=_sent(one))) + b"\n"
    for line in archived.lines(LocalSessions(store), private=private):
        yield msgspec.json.encode(line) + b"\n"


def kind_of(line: bytes) -> str:
    """Tell what a line that was written holds; the first one is none of the kinds."""
    return line[2 : line.index(b'"', 2)].decode()


def read(store: LocalStore, lines: Iterable[bytes], name: str) -> Restored:
    """Take an export in; Invalid names the line that cannot be read, before anything of its batch is stored."""
    numbered = iter(enumerate(lines, start=1))
    _head(next(numbered, (1, b""))[1], name)
    restorer = archived.Restorer(LocalSessions(store))
    total = Restored()
    while batch := list(islice(numbered, _BATCH)):
        found = [_line(line, f"{name}:{number}") for number, line in batch if line.strip()]
        taken = store.take_in([one.revision for one in found if one.revision is not None])
        arrived = restorer.take_in([one.line for one in found if one.revision is None])
        total = Restored(
            revisions=total.revisions + taken.revisions,
            memories=total.memories + taken.memories,
            conflicted=total.conflicted + taken.conflicted,
            sessions=total.sessions + arrived.sessions,
            messages=total.messages + arrived.messages,
        )
    return total


def _head(line: bytes, name: str) -> Head:
    try:
        head = msgspec.json.decode(line, type=Head)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Invalid(f"{name} is not an export of ContextFS: its first line does not say so.") from None
    if head.format not in _READ:
        raise Invalid(f"{name} is of the format {head.format[:60]}: update ctx (pip install -U contextfs-platform).")
    return head


def _line(line: bytes, where: str) -> _Read:
    try:
        read_line = msgspec.json.decode(line, type=Line)
        if sum(one is not None for one in (read_line.revision, read_line.session, read_line.message)) != 1:
            raise Invalid("this is not a revision, session or message: export again.")
        return _Read(None if read_line.revision is None else _revision(read_line.revision), read_line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"{where}: this is not a revision, session or message ({error}): export again.") from None
    except ContextFSError as error:
        raise Invalid(f"{where}: {error.detail}") from None


def _revision(sent: SentRevision) -> Revision:
    made = Revision(
        memory_id=sent.memory_id,
        fields=acceptable(sent.fields),
        author=sent.author,
        clock=sent.clock,
        parents=tuple(sent.parents),
    )
    _ = made.id
    return made


def _sent(one: Revision) -> SentRevision:
    return SentRevision(
        memory_id=one.memory_id, fields=one.fields, author=one.author, clock=one.clock, parents=list(one.parents)
    )
