"""Revisions from elsewhere, from a server or an archive, are taken in: many memories by the same statements."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from contextfs.domain.memories.revisions import Revision
from contextfs.local.base.connection import Base, Row, batches
from contextfs.local.base.memories import (
    SQL,
    fields_in,
    heads_in,
    record,
    record_new,
    revisions_of,
    see_clocks,
)
from contextfs.local.folder import stepping
from contextfs.local.model import TakenIn
from contextfs.local.place import Place

_A_BATCH = 50
"""So many memories are taken in by the same statements."""

_Group = tuple[UUID, Sequence[Revision]]


def take_in(base: Base, place: Place, revisions: Iterable[Revision], *, now: datetime, sent: bool) -> TakenIn:
    """Take in revisions, in transactions of their own; the files that follow are due then."""
    waiting = sorted(revisions, key=lambda one: str(one.memory_id))
    groups = [(memory_id, list(some)) for memory_id, some in groupby(waiting, key=lambda one: one.memory_id)]
    done: list[TakenIn] = []
    # The clock first: whoever makes an edit after this one has seen what is about to come.
    with base.transaction():
        see_clocks(base, [one.clock for one in waiting], now)
    base.in_turns(batches(groups, _A_BATCH), lambda some: done.append(_take_some(base, place, some, sent=sent)))
    return _sum(done)


def _take_some(base: Base, place: Place, groups: Sequence[_Group], *, sent: bool) -> TakenIn:
    ids = json.dumps([str(memory_id) for memory_id, _ in groups])
    there = {row["id"]: row for row in base.all(SQL["memories"], {"ids": ids})}
    new = [group for group in groups if str(group[0]) not in there]
    views = record_new(base, new, sent=sent)
    stepping.intend(base, place, [memory_id for memory_id, _ in new])
    begun = TakenIn(
        revisions=sum(len(some) for _, some in new),
        memories=len(new),
        conflicted=sum(one.conflicted for one in views),
    )
    changed = [
        _take(base, place, before, some, sent=sent)
        for memory_id, some in groups
        if (before := there.get(str(memory_id))) is not None
    ]
    return _sum([begun, *changed])


def _take(base: Base, place: Place, before: Row, some: Sequence[Revision], *, sent: bool) -> TakenIn:
    memory_id = some[0].memory_id
    follows = stepping.follows(base, place, before)
    known = {one.id for one in revisions_of(base, memory_id)}
    fresh = [one for one in some if one.id not in known]
    now = record(base, memory_id, some, sent=sent)
    # An earlier copy of a known revision leaves the heads as they are, and yet may change what they amount to.
    if follows and (heads_in(before) != now.heads or fields_in(before) != now.fields):
        stepping.intend(base, place, [memory_id])
    return TakenIn(revisions=len(fresh), memories=1 if fresh else 0, conflicted=1 if fresh and now.conflicted else 0)


def _sum(done: Sequence[TakenIn]) -> TakenIn:
    return TakenIn(
        revisions=sum(one.revisions for one in done),
        memories=sum(one.memories for one in done),
        conflicted=sum(one.conflicted for one in done),
    )
