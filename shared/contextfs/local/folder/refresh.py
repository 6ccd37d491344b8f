"""One look at the files: what changed is taken in, what is due is written, and what cannot be read is told."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from contextfs.local.base.connection import Base
from contextfs.local.base.marks import mark, set_mark
from contextfs.local.base.memories import SQL
from contextfs.local.folder import absence, scan, stepping
from contextfs.local.folder.reading import Reader
from contextfs.local.model import Problem, Refreshed
from contextfs.local.place import Place

_BATCH = 1000


def refresh(
    base: Base,
    place: Place,
    *,
    actor: Callable[[], str],
    now: datetime,
    new_id: Callable[[], UUID],
    accept_missing: bool = False,
) -> Refreshed:
    """Bring files and database together. `accept_missing` believes that even a great number of files was deleted."""
    found = scan.compare(base, place)
    due = stepping.pending(base, place)
    head, before = absence.head(place), mark(base, _seen_head(place))
    told = Refreshed()
    if found.changed or found.gone:
        told = _take_in(
            base,
            place,
            found,
            Reader(base, place, actor=actor(), now=now, new_id=new_id, gone=found.gone),
            before=before,
            accept_missing=accept_missing,
        )
    if head is not None and head != before:
        set_mark(base, _seen_head(place), head)
    repaired = stepping.finish(base, place, due) if due else 0
    if found.changed:
        stepping.finish(base, place, stepping.pending(base, place))
    return Refreshed(
        **{name: getattr(told, name) for name in ("edited", "added", "deleted", "revived", "moved", "missing")},
        repaired=repaired,
        problems=problems(base, place),
    )


def problems(base: Base, place: Place) -> tuple[Problem, ...]:
    """List the files that cannot be taken in."""
    rows = base.all(SQL["problems"], {"tree": place.tree})
    return tuple(Problem(path=f".contextfs/{row['path']}", reason=row["problem"]) for row in rows)


def _take_in(
    base: Base, place: Place, found: scan.Difference, reader: Reader, *, before: str | None, accept_missing: bool
) -> Refreshed:
    for start in range(0, len(found.changed), _BATCH):
        with base.transaction():
            for seen in found.changed[start : start + _BATCH]:
                reader.take(seen)
            stepping.intend(base, place, reader.tally.to_step)
    is_unsure = absence.too_many(len(found.gone), found.known) and not accept_missing
    gone = absence.deleted(place, [one.path for one in found.gone], before=before)
    missing = len(gone) if is_unsure else 0
    with base.transaction():
        for one in found.gone:
            if one.path not in gone:
                reader.put_away(one)
            elif not is_unsure:
                reader.delete(one)
    tally = reader.tally
    return Refreshed(
        edited=tally.edited,
        added=tally.added,
        deleted=tally.deleted,
        revived=tally.revived,
        moved=tally.moved,
        missing=missing,
    )


def _seen_head(place: Place) -> str:
    return f"head {place.tree}"
