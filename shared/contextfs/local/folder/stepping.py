"""Bring files into step: a memory's file says what its view says. What is intended is noted before, cleared after."""

import json
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
    for memory_id in memories:
        base.run(SQL["intend"], {"tree": place.tree, "memory_id": str(memory_id)})


def pending(base: Base, place: Place) -> list[UUID]:
    """Give the memories whose files are due."""
    return [UUID(row["memory_id"]) for row in base.all(SQL["intents"], {"tree": place.tree})]


def finish(base: Base, place: Place, memories: Sequence[UUID]) -> int:
    """Write the files that are due; gives how many were written or taken away.

    A batch of many is flushed to the disk at once, before its notes are cleared: a file that a power cut tears is
    still noted, and is written again.
    """
    done = 0
    for start in range(0, len(memories), BATCH):
        batch = memories[start : start + BATCH]
        with base.transaction():
            touched: list[Path] = []
            for memory_id in batch:
                touched += _step(base, place, memory_id, flush=len(batch) <= _EACH_FLUSHED)
            if len(batch) > _EACH_FLUSHED:
                write.flush_all(touched)
            for memory_id in batch:
                base.run(SQL["intended"], {"tree": place.tree, "memory_id": str(memory_id)})
            done += len(touched)
    return done


def _step(base: Base, place: Place, memory_id: UUID, *, flush: bool) -> list[Path]:
    row = base.one(SQL["memory"], {"id": str(memory_id)})
    rows = base.all(SQL["files_of"], {"tree": place.tree, "memory_id": str(memory_id)})
    files = [Known(**one) for one in rows if one["problem"] is None]
    if row is None or row["deleted"]:
        return [_take_away(base, place, one) for one in files]
    target = _target(base, place, row)
    content = render(memory_id, fields_in(row)).encode()
    for other in files:
        if other.path != target:
            _take_away(base, place, other)
    path = absolute(place, target)
    within = place.private if target.startswith("local/") else place.folder
    told = write.replace(path, content, scratch=place.folder / "local" / "tmp", within=within, flush=flush)
    base.run(
        SQL["set_file"],
        {
            "tree": place.tree,
            "path": target,
            "memory_id": str(memory_id),
            "size": told.st_size,
            "mtime": told.st_mtime_ns,
            "looked": time.time_ns(),
            "hash": hashed(content),
            "base": row["heads"],
            "problem": None,
        },
    )
    return [path]


def _target(base: Base, place: Place, row: Row) -> str:
    """Give where a memory's file belongs; where another file has that name, the whole id makes it its own."""
    folder = "local/memories" if row["private"] else "memories"
    path = f"{folder}/{row['path']}"
    taken = base.one(SQL["file"], {"tree": place.tree, "path": path})
    is_foreign = absolute(place, path).exists() if taken is None else taken["memory_id"] != row["id"]
    if not is_foreign:
        return path
    return path.replace(f"--{row['short']}.", f"--{row['id'].replace('-', '')}.")


def _take_away(base: Base, place: Place, one: Known) -> Path:
    """Remove a file that says nothing but what is known; one that was changed since is left to the next look."""
    path = absolute(place, one.path)
    try:
        is_ours = hashed(path.read_bytes()) == one.hash
    except FileNotFoundError:
        is_ours = True
    if is_ours:
        write.remove(path)
        base.run(SQL["forget_file"], {"tree": place.tree, "path": one.path})
    return path


def is_in_step(base: Base, place: Place, row: Row) -> bool:
    """Tell whether a memory's file shows the view: then it follows the view, else git keeps an older state there."""
    rows = base.all(SQL["files_of"], {"tree": place.tree, "memory_id": row["id"]})
    return any(sorted(json.loads(one["base"])) == sorted(json.loads(row["heads"])) for one in rows)
