"""Bring files into step: a memory's file says what its view says. What is intended is noted before, cleared after.

A file that says something which is not known yet is left alone: the next look takes it in, and what is due is written
then.
"""

import json
import os
import stat
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import UUID

from contextfs.local.base.connection import Base, Row, batches
from contextfs.local.base.memories import SQL, fields_in
from contextfs.local.document.text import render
from contextfs.local.folder import write
from contextfs.local.folder.scan import Known, absolute, hashed
from contextfs.local.place import Place
from contextfs.local.running import is_running

_EACH_FLUSHED = 8
_A_BATCH = 50
"""Of so many memories what is known is read by the same statements."""


def intend(base: Base, place: Place, memories: Iterable[UUID]) -> None:
    """Note, in the transaction of the change, whose files have to be brought into step."""
    common = {"tree": place.tree, "owner": os.getpid()}
    base.many(SQL["intend"], [common | {"memory_id": str(memory_id)} for memory_id in memories])


def pending(base: Base, place: Place) -> list[UUID]:
    """Give the memories whose files are due."""
    return [UUID(row["memory_id"]) for row in base.all(SQL["intents"], {"tree": place.tree})]


def left_behind(base: Base, place: Place) -> frozenset[UUID]:
    """Give the memories whose files are due, and that nobody is at any more: an interrupted command left them."""
    rows = base.all(SQL["intents"], {"tree": place.tree})
    return frozenset(UUID(row["memory_id"]) for row in rows if not is_running(row["owner"]))


def finish(base: Base, place: Place, memories: Sequence[UUID]) -> frozenset[UUID]:
    """Write the files that are due; gives the memories that are in step now.

    Many are flushed to the disk at once, before their notes are cleared: a file that a power cut tears is still noted,
    and is written again; so is one whose note a power cut brings back.
    """
    is_large = len(memories) > _EACH_FLUSHED
    stepper = _Stepper(base, place, flush=not is_large)
    done: list[UUID] = []

    def step(some: Sequence[UUID]) -> None:
        in_step = stepper.step(some)
        done.extend(in_step)
        if not is_large:
            _clear(base, place, in_step)

    base.in_turns(batches(memories, _A_BATCH), step, durable=False)
    if is_large:
        write.flush_all(stepper.touched)
        base.in_turns(batches(done, _A_BATCH), lambda some: _clear(base, place, some), durable=False)
    return frozenset(done)


def _clear(base: Base, place: Place, memories: Sequence[UUID]) -> None:
    base.many(SQL["intended"], [{"tree": place.tree, "memory_id": str(memory_id)} for memory_id in memories])


class _Stepper:
    """Brings the files of memories into step, inside transactions. `touched` are the files."""

    def __init__(self, base: Base, place: Place, *, flush: bool) -> None:
        self._base = base
        self._place = place
        self._flush = flush
        self.touched: list[Path] = []
        self._holders: dict[str, str] = {}
        scratch = place.folder / "local" / "tmp"
        self._tracked = write.Writer(place.folder, scratch)
        self._private = write.Writer(place.private, scratch)

    def step(self, memories: Sequence[UUID]) -> list[UUID]:
        """Bring the files of some memories into step; gives those of which none has to wait for the next look."""
        ids = json.dumps([str(memory_id) for memory_id in memories])
        rows = {row["id"]: row for row in self._base.all(SQL["memories"], {"ids": ids})}
        files: dict[str, list[Known]] = {}
        for one in self._base.all(SQL["files_of_some"], {"ids": ids, "tree": self._place.tree}):
            files.setdefault(one["memory_id"], []).append(Known(**one))
        self._hold([row for row in rows.values() if not row["deleted"]])
        return [one for one in memories if self._step(rows.get(str(one)), files.get(str(one), []))]

    def _hold(self, rows: Sequence[Row]) -> None:
        """Look up whose the paths are that some memories' files belong to."""
        paths = json.dumps([_path(row) for row in rows])
        found = self._base.all(SQL["holders"], {"tree": self._place.tree, "paths": paths})
        self._holders = {row["path"]: row["memory_id"] for row in found}

    def _step(self, row: Row | None, known: Sequence[Known]) -> bool:
        """Write, move or take away the file of a memory; False when that has to wait for the next look."""
        files = [one for one in known if one.problem is None]
        if row is None or row["deleted"]:
            return all(self._take_away(one) for one in files)
        target = self._target(row)
        # The new file first: killed in between, there are two with the same text, and none is lost.
        is_written = self._write(row, target, [one for one in known if one.path == target])
        return is_written and all(self._take_away(one) for one in files if one.path != target)

    def _target(self, row: Row) -> str:
        """Give where a memory's file belongs; where another file has that name, the whole id makes it its own."""
        path = _path(row)
        holder = self._holders.get(path)
        there = absolute(self._place, path)
        is_foreign = os.path.exists(there) if holder is None else holder != row["id"]  # noqa: PTH110 - thousands
        if not is_foreign:
            return path
        return path.replace(f"--{row['short']}.", f"--{row['id'].replace('-', '')}.")

    def _write(self, row: Row, target: str, known: Sequence[Known]) -> bool:
        content = render(UUID(row["id"]), fields_in(row)).encode()
        path = Path(absolute(self._place, target))
        if not _is_replaceable(path, content, known):
            return False
        writer = self._private if target.startswith("local/") else self._tracked
        told = writer.replace(path, content, flush=self._flush)
        self.touched.append(path)
        self._holders[target] = row["id"]
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
        return True

    def _take_away(self, one: Known) -> bool:
        """Remove a file that says nothing but what is known; one that was changed since is left to the next look."""
        path = Path(absolute(self._place, one.path))
        try:
            if hashed(path.read_bytes()) != one.hash:
                return False
        except FileNotFoundError:
            pass
        write.remove(path)
        self._base.run(SQL["forget_file"], {"tree": self._place.tree, "path": one.path})
        self._holders.pop(one.path, None)
        return True


def _is_replaceable(path: Path, content: bytes, known: Sequence[Known]) -> bool:
    """Tell whether nothing is lost when a file is written over: its bytes are known here, or a power cut tore them."""
    try:
        if stat.S_ISLNK(os.lstat(path).st_mode):
            return True  # the link itself is replaced, and what it leads to is left alone
        there = path.read_bytes()
    except FileNotFoundError:
        return True
    is_taken_in = any(one.problem is None and one.hash == hashed(there) for one in known)
    return is_taken_in or there == content or write.is_torn(there, content)


def _path(row: Row) -> str:
    return f"{'local/memories' if row['private'] else 'memories'}/{row['path']}"


def follows(base: Base, place: Place, row: Row) -> bool:
    """Tell whether a memory's file follows its view: it shows it now, or there is none because it was deleted.

    Otherwise git keeps an older state there, or keeps the file away.
    """
    rows = base.all(SQL["files_of"], {"tree": place.tree, "memory_id": row["id"]})
    if not rows:
        return bool(row["deleted"])
    return any(sorted(json.loads(one["base"])) == sorted(json.loads(row["heads"])) for one in rows)
