"""`ctx reindex` in the store of this folder: now, or as a process in the background."""

import os
import sqlite3
import time
from contextlib import suppress

from clients.cli.here.index import opened
from clients.cli.shown import output
from contextfs.kit.errors import Conflict, ContextFSError
from contextfs.local.place import Place
from contextfs.local.search.embedding import waiting
from contextfs.local.search.index import LocalIndex
from contextfs.local.search.model import Reindexed
from contextfs.local.search.reindexing import alone_at_it, finish, reindex
from contextfs.local.sync.alone import A_LOOK

_PATIENCE_SECONDS = 600.0
"""An index that is made anew counts nothing for minutes where a store is large and its machine slow."""
_LOOK_SECONDS = 0.2
_NICENESS = 10
"""It computes for minutes after a large import: whoever works at this machine comes first."""


def run(place: Place) -> Reindexed:
    """Make the index anew; another process that is at it is waited for, as long as it comes on."""
    with opened(place) as index:
        waited = _Waiting(index)
        while True:
            with alone_at_it(index, patience=A_LOOK) as is_mine:
                if is_mine:
                    return reindex(index)
            waited.look()
            time.sleep(_LOOK_SECONDS)


class _Waiting:
    """Tells how far the other process is, and gives up on one that does not come on."""

    def __init__(self, index: LocalIndex) -> None:
        self._index = index
        self._left: int | None = None
        self._moved_at = time.monotonic()
        self._is_told = False

    def look(self) -> None:
        """Look how much the other one has left; Conflict when that has not changed for long."""
        left, now = self._count(), time.monotonic()
        told = "" if left is None else f", {output.counted(left, 'passage')} to go"
        if not self._is_told:
            output.note(f"Another ctx is indexing already{told}: waiting for it; Ctrl-C leaves it at work.")
            self._is_told = True
        if left != self._left:
            self._left, self._moved_at = left, now
        if now - self._moved_at > _PATIENCE_SECONDS:
            raise Conflict(f"Another ctx holds the index, and has not come on for {_PATIENCE_SECONDS:.0f} s: end it.")
        self._index.progress(f"Another ctx is indexing{told} …")

    def _count(self) -> int | None:
        """Count what has no vector yet; the other one may be making the tables anew."""
        with suppress(sqlite3.OperationalError):
            return waiting(self._index.base)
        return None


def in_background(place: Place) -> int:
    """Finish what is due, without a word and after other work, unless another process does already."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    try:
        with opened(place) as index, alone_at_it(index, patience=A_LOOK) as is_mine:
            if is_mine:
                finish(index)
    except ContextFSError:
        return 1  # the next search tells
    return 0


def show(done: Reindexed) -> None:
    """Print what it came to."""
    counts = [
        output.counted(done.memories, "memory", "memories"),
        output.counted(done.sessions, "session"),
        output.counted(done.passages, "passage"),
    ]
    again = " It went on where an interrupted one had stopped." if done.resumed else ""
    output.say(f"Indexed: {', '.join(counts)}; {done.embedded:,} embedded now.{again}")
    for leg in done.degraded:
        output.say(f"degraded: {leg}")
