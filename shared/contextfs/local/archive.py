"""Everything of a store in one file, and back: JSON lines, the first of which says the format and the project.

Each further line is `{"revision": …}`. Taking one in twice, or in parts, changes nothing: revisions know themselves.
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
from contextfs.kit.errors import ContextFSError, Invalid
from contextfs.local.base.memories import SQL
from contextfs.local.config import ProjectNamed
from contextfs.local.model import TakenIn
from contextfs.local.store import LocalStore

FORMAT: Final = "contextfs.export.1"

_BATCH: Final = 2000


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The first line."""

    format: str
    project: ProjectNamed
    exported_at: datetime


class _Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    revision: SentRevision


def written(store: LocalStore, project: ProjectNamed, now: datetime, *, private: bool = True) -> Iterator[bytes]:
    """Write a store, line by line, always in the same order."""
    yield msgspec.json.encode(Head(format=FORMAT, project=project, exported_at=now)) + b"\n"
    for row in store.base.all(SQL["every_memory"]):
        if row["private"] and not private:
            continue
        for one in sorted(store.log(UUID(row["id"])), key=lambda one: (one.clock, one.id)):
            yield msgspec.json.encode(_Line(revision=_sent(one))) + b"\n"


def read(store: LocalStore, lines: Iterable[bytes], name: str) -> TakenIn:
    """Take an export in; Invalid names the line that cannot be read, before anything of its batch is stored."""
    numbered = iter(enumerate(lines, start=1))
    _head(next(numbered, (1, b""))[1], name)
    total = TakenIn()
    while batch := list(islice(numbered, _BATCH)):
        taken = store.take_in([_revision(line, f"{name}:{number}") for number, line in batch if line.strip()])
        total = TakenIn(
            revisions=total.revisions + taken.revisions,
            memories=total.memories + taken.memories,
            conflicted=total.conflicted + taken.conflicted,
        )
    return total


def _head(line: bytes, name: str) -> Head:
    try:
        head = msgspec.json.decode(line, type=Head)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Invalid(f"{name} is no export of ContextFS: its first line does not say so.") from None
    if head.format != FORMAT:
        raise Invalid(f"{name} is of the format {head.format[:60]}: update ctx (pip install -U contextfs-platform).")
    return head


def _revision(line: bytes, where: str) -> Revision:
    try:
        sent = msgspec.json.decode(line, type=_Line).revision
        made = Revision(
            memory_id=sent.memory_id,
            fields=acceptable(sent.fields),
            author=sent.author,
            clock=sent.clock,
            parents=tuple(sent.parents),
        )
        _ = made.id
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"{where}: this is no revision ({error}): export anew.") from None
    except ContextFSError as error:
        raise Invalid(f"{where}: {error.detail}") from None
    return made


def _sent(one: Revision) -> SentRevision:
    return SentRevision(
        memory_id=one.memory_id, fields=one.fields, author=one.author, clock=one.clock, parents=list(one.parents)
    )
