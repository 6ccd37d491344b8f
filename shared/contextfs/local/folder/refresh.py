"""One look at the files: what changed is taken in, what is due is written, and what cannot be read is told."""

import os
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from contextfs.local.base.connection import Base
from contextfs.local.base.marks import mark, set_mark
from contextfs.local.base.memories import SQL
from contextfs.local.document import names
from contextfs.local.folder import absence, scan, stepping, write
from contextfs.local.folder.reading import Reader, Tally
from contextfs.local.model import Problem, Refreshed
from contextfs.local.place import Place


def refresh(
    base: Base,
    place: Place,
    *,
    actor: Callable[[], str],
    now: datetime,
    new_id: Callable[[], UUID],
    accept_missing: bool = False,
) -> Refreshed:
    """Bring files and database together. `accept_missing` believes that even a great number of files was deleted.

    Where the database cannot be written, it is only told how many files changed.
    """
    found = scan.compare(base, place)
    if base.is_read_only:
        changed = sum(scan.differs(base, place, seen) for seen in found.changed)
        return Refreshed(unseen=changed + len(found.gone), problems=problems(base, place))
    due, left_behind = stepping.pending(base, place), stepping.left_behind(base, place)
    head, before = absence.head(place), mark(base, _seen_head(place))
    tally, missing = Tally(), 0
    if found.changed or found.gone:
        reader = Reader(base, place, actor=actor(), now=now, new_id=new_id, gone=found.gone, due=due)
        missing = _take_in(base, place, found, reader, before=before, accept_missing=accept_missing)
        tally = reader.tally
    if head is not None and head != before:
        set_mark(base, _seen_head(place), head)
    for local in {place.folder / "local", place.local}:
        write.sweep(local / "tmp", now.timestamp())
    due = stepping.pending(base, place)
    in_step = stepping.finish(base, place, due) if due else frozenset[UUID]()
    return Refreshed(
        edited=tally.edited,
        added=tally.added,
        deleted=tally.deleted,
        revived=tally.revived,
        moved=tally.moved,
        repaired=len(in_step & (left_behind | tally.emptied)),
        missing=missing,
        problems=problems(base, place),
    )


def problems(base: Base, place: Place) -> tuple[Problem, ...]:
    """List the files that cannot be taken in."""
    rows = base.all(SQL["problems"], {"tree": place.tree})
    return tuple(Problem(path=f".contextfs/{row['path']}", reason=row["problem"]) for row in rows)


def _take_in(
    base: Base, place: Place, found: scan.Difference, reader: Reader, *, before: str | None, accept_missing: bool
) -> int:
    """Take in what changed and what is gone; gives how many missing files were not believed to be deleted."""

    def take(seen: scan.Seen) -> None:
        reader.take(seen)
        stepping.intend(base, place, reader.to_step())

    def part(one: scan.Known) -> None:
        if os.path.lexists(scan.absolute(place, one.path)):
            if names.alike(one.path) in there:
                reader.put_away(one)  # a file system that ignores case has it under its other name as well
            return  # it came back, or another process moved it there: the next look tells
        if one.path not in gone or reader.is_due(one):
            reader.put_away(one)
        elif not is_unsure:
            reader.delete(one)

    there = {names.alike(path) for path, _, _ in found.there} if found.gone else set[str]()
    base.in_turns(found.changed, take)
    freed = {*reader.freed, *(one.path for one in found.gone)}
    base.in_turns(scan.behind(base, place, found.there, freed) if freed or found.changed else [], take)
    is_unsure = absence.too_many(len(found.gone), found.known) and not accept_missing
    gone = absence.deleted(place, [one.path for one in found.gone], before=before)
    base.in_turns(found.gone, part)
    return len(gone) if is_unsure else 0


def _seen_head(place: Place) -> str:
    return f"head {place.tree}"
