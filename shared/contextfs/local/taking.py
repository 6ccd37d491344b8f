"""Revisions from elsewhere, from a server or an archive, are taken in: many memories by the same statements.

What can be known of them alone is made first: meanwhile nobody waits.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from contextfs.domain.memories.revisions import Revision
from contextfs.domain.memories.view import view
from contextfs.local.base.connection import Base, Row, batches
from contextfs.local.base.memories import (
    SQL,
    Draft,
    draft,
    fields_in,
    heads_in,
    record,
    record_new,
    revisions_of,
    see_clocks,
)
from contextfs.local.document.text import render
from contextfs.local.folder import stepping
from contextfs.local.folder.stepping import Text
from contextfs.local.model import TakenIn
from contextfs.local.place import Place

_A_BATCH = 50
"""So many memories are taken in by the same statements."""


class Prepared(NamedTuple):
    """Revisions that are ready to be taken in: all that can be known of them alone. Every part of it is plain."""

    drafts: Sequence[Draft]
    texts: dict[str, Text]
    latest: str | None
    """The latest of their clocks."""


class Arrived(NamedTuple):
    """What arrived: of which memories the files are due, and what these say, where that was made already."""

    taken: TakenIn
    due: Sequence[UUID]
    texts: dict[str, Text]


def prepared(revisions: Iterable[Revision], *, sent: bool) -> Prepared:
    """Make ready what can be known of revisions alone; it touches nothing."""
    waiting = sorted(revisions, key=lambda one: one.memory_id.int)
    drafts: list[Draft] = []
    texts: dict[str, Text] = {}
    for memory_id, some in groupby(waiting, key=lambda one: one.memory_id):
        known = [*some]
        seen = view(known)
        one = draft(seen, known, sent=sent)
        drafts.append(one)
        # Of several heads the clocks decide too, and those that are known here may be earlier ones.
        if len(seen.heads) == 1 and not seen.deleted:
            texts[one.row["id"]] = Text(one.row["heads"], render(memory_id, seen.fields).encode())
    return Prepared(drafts, texts, max((one.clock for one in waiting), default=None))


def take_in(
    base: Base, place: Place, revisions: Iterable[Revision] | Prepared, *, now: datetime, sent: bool
) -> Arrived:
    """Take in revisions, in transactions of their own; the files that follow are due then."""
    ready = revisions if isinstance(revisions, Prepared) else prepared(revisions, sent=sent)
    done: list[TakenIn] = []
    due: list[UUID] = []
    # The clock first: whoever makes an edit after this one has seen what is about to come.
    with base.transaction(durable=False):
        see_clocks(base, [] if ready.latest is None else [ready.latest], now)
    turns = batches(ready.drafts, _A_BATCH)
    base.in_turns(turns, lambda some: done.append(_take_some(base, place, some, due, sent=sent)), durable=False)
    if ready.drafts:
        base.secure()  # before a file shows it
    return Arrived(_sum(done), due, ready.texts)


def _take_some(base: Base, place: Place, drafts: Sequence[Draft], due: list[UUID], *, sent: bool) -> TakenIn:
    ids = json.dumps([one.row["id"] for one in drafts])
    there = {row["id"]: row for row in base.all(SQL["memories"], {"ids": ids})}
    new = [one for one in drafts if one.row["id"] not in there]
    record_new(base, new)
    follow = [UUID(one.row["id"]) for one in new]
    done = [
        TakenIn(
            revisions=sum(len({row["id"] for row in one.added}) for one in new),
            memories=len(new),
            conflicted=sum(one.row["conflicted"] for one in new),
        )
    ]
    for one in drafts:
        if (before := there.get(one.row["id"])) is not None:
            taken, follows = _take(base, place, before, one.revisions, sent=sent)
            done.append(taken)
            follow += [UUID(one.row["id"])] if follows else []
    stepping.intend(base, place, follow)
    due += follow
    return _sum(done)


def _take(base: Base, place: Place, before: Row, some: Sequence[Revision], *, sent: bool) -> tuple[TakenIn, bool]:
    """Take in revisions of a memory that is known here; tells whether its file is due then."""
    memory_id = some[0].memory_id
    follows = stepping.follows(base, place, before)
    known = {one.id for one in revisions_of(base, memory_id)}
    fresh = [one for one in some if one.id not in known]
    now = record(base, memory_id, some, sent=sent)
    # An earlier copy of a known revision leaves the heads as they are, and yet may change what they amount to; the
    # beginning of a memory may come last, and names its file.
    is_named = before["path"] == (base.one(SQL["memory"], {"id": str(memory_id)}) or {})["path"]
    is_changed = heads_in(before) != now.heads or fields_in(before) != now.fields or not is_named
    taken = TakenIn(revisions=len(fresh), memories=1 if fresh else 0, conflicted=1 if fresh and now.conflicted else 0)
    return taken, follows and is_changed


def _sum(done: Sequence[TakenIn]) -> TakenIn:
    return TakenIn(
        revisions=sum(one.revisions for one in done),
        memories=sum(one.memories for one in done),
        conflicted=sum(one.conflicted for one in done),
    )
