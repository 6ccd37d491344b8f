"""Bring files into step: a memory's file says what its view says. What is intended is noted before, cleared after."""

import json
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import UUID

from contextfs.local.base.connection import Base, Row
from contextfs.local.base.memories import SQL, fields_in
from contextfs.local.document.text import render
from contextfs.local.folder import write
from contextfs.local.folder.scan import Known, absolute, hashed
from contextfs.local.place import Place

BATCH = 500
_EACH_FLUSHED = 8


def intend(base: Base, place: Place, memories: Iterable[UUID]) -> None:
    """Note, in the transaction of the change, whose files have to be brought into step."""
    base.many(SQL["intend"], [{"tree": place.tree, "memory_id": str(memory_id)} for memory_id in memories])


def pending(base: Base, place: Place) -> list[UUID]:
    """Give the memories whose files are due."""
    return [UUID(row["memory_id"]) for row in base.all(SQL["intents"], {"tree": place.tree})]


def finish(base: Base, place: Place, memories: Sequence[UUID]) -> int:
    """Write the files that are due; gives how many were written or taken away.

    Many are flushed to the disk at once, before their notes are cleared: a file that a power cut tears is still noted,
    and is written again; so is one whose note a power cut brings back.
    """
    names = [str(memory_id) for memory_id in memories]
    is_large = len(names) > _EACH_FLUSHED
    touched: list[str] = []
    for start in range(0, len(names), BATCH):
        with base.transaction(durable=False):
            stepper = _Stepper(base, place, flush=not is_large)
            touched += [path for name in names[start : start + BATCH] for path in stepper.step(name)]
            if not is_large:
                _clear(base, place, names)
    if is_large:
        write.flush_all(touched)
        _clear(base, place, names)
    return len(touched)


def _clear(base: Base, place: Place, names: Sequence[str]) -> None:
    with base.transaction(durable=False):
        base.many(SQL["intended"], [{"tree": place.tree, "memory_id": name} for name in names])


class _Stepper:
    """Brings one memory's file after the other into step, inside one transaction."""

    def __init__(self, base: Base, place: Place, *, flush: bool) -> None:
        self._base = base
        self._place = place
        self._flush = flush
        scratch = place.folder / "local" / "tmp"
        self._tracked = write.Writer(place.folder, scratch)
        self._private = write.Writer(place.private, scratch)

    def step(self, memory_id: str) -> list[str]:
        """Write, move or take away the file of a memory; gives the files that were touched."""
        row = self._base.one(SQL["memory"], {"id": memory_id})
        rows = self._base.all(SQL["files_of"], {"tree": self._place.tree, "memory_id": memory_id})
        files = [Known(**one) for one in rows if one["problem"] is None]
        if row is None or row["deleted"]:
            return [_take_away(self._base, self._place, one) for one in files]
        target = _target(self._base, self._place, row)
        for other in files:
            if other.path != target:
                _take_away(self._base, self._place, other)
        return [self._written(row, target)]

    def _written(self, row: Row, target: str) -> str:
        content = render(UUID(row["id"]), fields_in(row)).encode()
        path = absolute(self._place, target)
        writer = self._private if target.startswith("local/") else self._tracked
        told = writer.replace(path, content, flush=self._flush)
        self._base.run(
            SQL["set_file"],
            {
                "tree": self._place.tree,
                "path": target,
                "memory_id": row["id"],
                "size": told.st_size,
                "mtime": told.st_mtime_ns,
                "looked": time.time_ns(),
                "hash": hashed(content),
                "base": row["heads"],
                "problem": None,
            },
        )
        return path


def _target(base: Base, place: Place, row: Row) -> str:
    """Give where a memory's file belongs; where another file has that name, the whole id makes it its own."""
    folder = "local/memories" if row["private"] else "memories"
    path = f"{folder}/{row['path']}"
    taken = base.one(SQL["file"], {"tree": place.tree, "path": path})
    there = absolute(place, path)
    is_foreign = os.path.exists(there) if taken is None else taken["memory_id"] != row["id"]  # noqa: PTH110 - thousands
    if not is_foreign:
        return path
    return path.replace(f"--{row['short']}.", f"--{row['id'].replace('-', '')}.")


def _take_away(base: Base, place: Place, one: Known) -> str:
    """Remove a file that says nothing but what is known; one that was changed since is left to the next look."""
    path = Path(absolute(place, one.path))
    try:
        is_ours = hashed(path.read_bytes()) == one.hash
    except FileNotFoundError:
        is_ours = True
    if is_ours:
        write.remove(path)
        base.run(SQL["forget_file"], {"tree": place.tree, "path": one.path})
    return str(path)


def follows(base: Base, place: Place, row: Row) -> bool:
    """Tell whether a memory's file follows its view: it shows it now, or there is none because it was deleted.

    Otherwise git keeps an older state there, or keeps the file away.
    """
    rows = base.all(SQL["files_of"], {"tree": place.tree, "memory_id": row["id"]})
    if not rows:
        return bool(row["deleted"])
    return any(sorted(json.loads(one["base"])) == sorted(json.loads(row["heads"])) for one in rows)
