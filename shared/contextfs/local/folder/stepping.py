"""Bring files into step: a memory's file says what its view says. What is intended is noted before, cleared after.

A file that says something which is not known yet is left alone: the next look takes it in, and what is due is written
then.
"""

import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import msgspec

from contextfs.kit.errors import Invalid, Unavailable
from contextfs.local.base.connection import FILE, Base, Row, batches, explained
from contextfs.local.base.memories import SQL, as_json, fields_in, heads_in, revisions_of
from contextfs.local.document import names
from contextfs.local.document.text import render
from contextfs.local.folder import write
from contextfs.local.folder.scan import Known, absolute, hashed
from contextfs.local.place import Place
from contextfs.local.running import is_running

if TYPE_CHECKING:
    from contextfs.local.ahead import Ahead

_EACH_FLUSHED = 8
_BEING_WRITTEN = 1_000_000_000
"""So long (ns) after its last change a file that is torn may be in the middle of being written."""
_A_BATCH = 50
"""Of so many memories what is known is read by the same statements."""


class Text(NamedTuple):
    """What a memory's file says, and the heads (as its row has them) that it says it of."""

    heads: str
    content: bytes


class Stepped(NamedTuple):
    """Memories whose files were brought into step, and the files on their way to the disk."""

    done: tuple[UUID, ...]
    flushes: "tuple[Ahead[None], ...]"

    def plus(self, other: "Stepped") -> "Stepped":
        """Put two together."""
        return Stepped(self.done + other.done, self.flushes + other.flushes)


NOTHING = Stepped((), ())


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


def finish(base: Base, place: Place, memories: Sequence[UUID], *, before: "Stepped | None" = None) -> frozenset[UUID]:
    """Write the files that are due; gives the memories that are in step now, with those that were stepped `before`.

    Many are flushed to the disk at once, before their notes are cleared: a file that a power cut tears is still noted,
    and is written again; so is one whose note a power cut brings back.
    """
    stepped = before or NOTHING
    if not stepped.done and len(memories) <= _EACH_FLUSHED:
        return frozenset(_flushing(base, place, memories))
    stepped = stepped.plus(step(base, place, memories))
    for one in stepped.flushes:
        one.result()
    base.in_turns(batches(stepped.done, _A_BATCH), lambda some: _clear(base, place, some), durable=False)
    return frozenset(stepped.done)


def follow(base: Base, place: Place, memory_id: UUID) -> None:
    """Have the file follow a change that is stored; Unavailable says so where only that could not be done."""
    try:
        finish(base, place, [memory_id])
    except (sqlite3.Error, Unavailable, Invalid) as error:
        why = explained(error, place.local / FILE) if isinstance(error, sqlite3.Error) else error
        detail = f"The change is stored, and its file follows with the next command. Now it could not: {why.detail}"
        raise Unavailable(detail) from None


def step(base: Base, place: Place, memories: Sequence[UUID], texts: "Mapping[str, Text] | None" = None) -> "Stepped":
    """Write files without waiting for the disk, which begins to take them; they stay noted until `finish` has waited.

    `texts` are those of memories' files that were made already, by the memories' ids.
    """
    stepper = _Stepper(base, place, flush=False, texts=texts or {})
    done: list[UUID] = []
    base.in_turns(batches(memories, _A_BATCH), lambda some: done.extend(stepper.step(some)), durable=False)
    if not stepper.touched:
        return Stepped(tuple(done), ())
    from contextfs.local.ahead import Ahead  # noqa: PLC0415 - loads threads, for many files at once

    return Stepped(tuple(done), (Ahead(partial(write.flush_all, stepper.touched)),))


def _flushing(base: Base, place: Place, memories: Sequence[UUID]) -> Sequence[UUID]:
    """Write a few files, each flushed by itself, and clear their notes with the same commit."""
    with base.transaction(durable=False):
        done = _Stepper(base, place, flush=True, texts={}).step(memories)
        _clear(base, place, done)
    return done


def _clear(base: Base, place: Place, memories: Sequence[UUID]) -> None:
    base.run(SQL["intended"], {"tree": place.tree, "ids": _ids(memories)})


def _ids(memories: Iterable[UUID]) -> str:
    return as_json([str(memory_id) for memory_id in memories])


class _Stepper:
    """Brings the files of memories into step, inside transactions. `touched` are the files, gone ones too."""

    def __init__(self, base: Base, place: Place, *, flush: bool, texts: Mapping[str, Text]) -> None:
        self._base = base
        self._place = place
        self._flush = flush
        self._texts = texts
        self.touched: list[str] = []
        self._holders: dict[str, str] = {}
        self._looks: list[Row] = []
        self._tracked = write.Writer(place.folder, place.folder / "local" / "tmp")
        self._private = write.Writer(place.private, place.local / "tmp")

    def step(self, memories: Sequence[UUID]) -> list[UUID]:
        """Bring the files of some memories into step; gives those of which none has to wait for the next look."""
        whole = [str(memory_id) for memory_id in memories]
        ids = as_json(whole)
        rows = {row["id"]: row for row in self._base.all(SQL["standing"], {"ids": ids})}
        files: dict[str, list[Known]] = {}
        for one in self._base.all(SQL["files_of_some"], {"ids": ids, "tree": self._place.tree}):
            files.setdefault(one["memory_id"], []).append(Known(**one))
        places = {name: self._place_of(row, files.get(name, [])) for name, row in rows.items() if not row["deleted"]}
        self._hold(places.values())
        in_step = [
            one
            for one, name in zip(memories, whole, strict=True)
            if self._step(rows.get(name), files.get(name, []), places.get(name))
        ]
        looks, self._looks = self._looks, []
        self._base.many(SQL["set_file"], looks)
        return in_step

    def _place_of(self, row: Row, files: Sequence[Known]) -> str:
        """Give where a memory's file belongs: in the folder of its type, under the name that it was found by, or ours.

        A name that may tell what was taken out of the memory since is given up.
        """
        ours = _path(row)
        found = sorted((one for one in files if one.found), key=lambda one: (one.problem is not None, one.path))
        if not found:
            return ours
        memory_id = UUID(row["id"])
        folder, _, name = ours.rpartition("/")
        for one in found:
            called = _name(one.path)
            if called == name:
                break
            shown = frozenset[str](msgspec.json.decode(one.base))
            revisions = revisions_of(self._base, memory_id)
            if names.may_keep(called, memory_id) and not names.is_given_up(called, revisions, shown=shown):
                return f"{folder}/{called}"
        return ours

    def _hold(self, paths: Iterable[str]) -> None:
        """Look up whose the paths are that some memories' files belong to."""
        found = self._base.all(SQL["holders"], {"tree": self._place.tree, "paths": as_json([*paths])})
        self._holders = {row["path"]: row["memory_id"] for row in found}

    def _step(self, row: Row | None, known: Sequence[Known], path: str | None) -> bool:
        """Write, move or take away the file of a memory; False when that has to wait for the next look."""
        files = [one for one in known if one.problem is None]
        if row is None or path is None:
            return all(self._take_away(one) for one in files)
        target, is_free = self._target(row, path)
        # The new file first: killed in between, there are two with the same text, and none is lost.
        is_written = self._write(row, target, known, is_free=is_free)
        return is_written and all(self._take_away(one) for one in files if one.path != target)

    def _target(self, row: Row, path: str) -> tuple[str, bool]:
        """Give where a memory's file goes, and whether nothing was there; where another file is, the whole id tells."""
        holder = self._holders.get(path)
        is_free = holder is None and not os.path.lexists(absolute(self._place, path))
        if is_free or holder == row["id"]:
            return path, is_free
        return path.replace(f"--{row['short']}.", f"--{row['id'].replace('-', '')}."), False

    def _write(self, row: Row, target: str, known: Sequence[Known], *, is_free: bool) -> bool:
        content = self._content(row)
        path = absolute(self._place, target)
        there = [one for one in known if one.path == target]
        writer = self._private if target.startswith("local/") else self._tracked
        told = self._put(writer, path, content, None if is_free else there)
        if told is None:
            return False
        self.touched.append(path)
        self._holders[target] = row["id"]
        look = {"tree": self._place.tree, "path": target, "memory_id": row["id"], "base": row["heads"], "problem": None}
        look["found"] = any(one.found and _name(one.path) == _name(target) for one in known)
        look |= {"size": told.st_size, "mtime": told.st_mtime_ns, "looked": time.time_ns(), "hash": hashed(content)}
        self._looks.append(look)
        return True

    def _put(
        self, writer: write.Writer, path: str, content: bytes, known: Sequence[Known] | None
    ) -> os.stat_result | None:
        """Have a file say something; gives what the file system tells of it, None where somebody wrote in it.

        What says it already is not touched: another process may have brought it into step, and a person may be about
        to write in it. Whether nothing is lost is asked last, with all of the new file written beside.
        """
        if known is None:  # nothing was there
            return writer.put(path, content, flush=self._flush)
        there = write.there(path)
        if there is not None and there[1] == content:
            if self._flush:
                write.flush_all([path])
            return there[0]
        return writer.replace(
            path, content, flush=self._flush, may=lambda there: _is_replaceable(there, content, known)
        )

    def _content(self, row: Row) -> bytes:
        """Give what a memory's file says; a state is known by the revisions that it is made of."""
        made = self._texts.get(row["id"])
        if made is not None and made.heads == row["heads"]:
            return made.content
        whole = self._base.one(SQL["memory"], {"id": row["id"]}) or {}
        return render(UUID(row["id"]), fields_in(whole)).encode()

    def _take_away(self, one: Known) -> bool:
        """Remove a file that says nothing but what is known; one that was changed since is left to the next look."""
        writer = self._private if one.path.startswith("local/") else self._tracked
        if not writer.take_away(absolute(self._place, one.path), lambda there: _says(there, one), flush=self._flush):
            return False
        self.touched.append(absolute(self._place, one.path))
        self._base.run(SQL["forget_file"], {"tree": self._place.tree, "path": one.path})
        self._holders.pop(one.path, None)
        return True


def _says(path: str, one: Known) -> bool:
    """Tell whether a file says what is known of it, or is gone."""
    found = write.there(path)
    return hashed(found[1]) == one.hash if found else not os.path.lexists(path)


def _is_replaceable(path: str, content: bytes, known: Sequence[Known]) -> bool:
    """Tell whether nothing is lost when a file is written over: its bytes are known here, or a power cut tore them.

    A file that an editor has just opened looks torn as well until its text is written: it is given a second. A link is
    replaced itself, and what it leads to is left alone.
    """
    found = write.there(path)
    if found is None:
        return True
    told, there = found
    if there == content:
        return True
    if write.is_torn(there, content) or not there.strip(b"\0 \t\r\n"):
        return told.st_mtime_ns < time.time_ns() - _BEING_WRITTEN
    return any(one.problem is None and one.hash == hashed(there) for one in known)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _path(row: Row) -> str:
    return f"{'local/memories' if row['private'] else 'memories'}/{row['path']}"


def follows(base: Base, place: Place, row: Row) -> bool:
    """Tell whether a memory's file follows its view: it shows it now, or there is none because it was deleted.

    Otherwise git keeps an older state there, or keeps the file away.
    """
    rows = base.all(SQL["files_of"], {"tree": place.tree, "memory_id": row["id"]})
    if not rows:
        return bool(row["deleted"])
    heads = sorted(heads_in(row))
    return any(sorted(msgspec.json.decode(one["base"])) == heads for one in rows)
