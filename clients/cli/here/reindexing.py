"""`ctx reindex` in the store of this folder: now, or as a process in the background."""

import os
import time

from clients.cli import output
from clients.cli.here.index import opened
from contextfs.kit.errors import Conflict, ContextFSError
from contextfs.local.place import Place
from contextfs.local.search.model import Reindexed
from contextfs.local.search.reindexing import alone_at_it, finish, reindex

_PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.1
_NICENESS = 10
"""It computes for minutes after a large import: whoever works at this machine comes first."""


def run(place: Place) -> Reindexed:
    """Make the index anew; another process that is at it is waited for."""
    until = time.monotonic() + _PATIENCE_SECONDS
    with opened(place) as index:
        while True:
            with alone_at_it(index) as is_mine:
                if is_mine:
                    return reindex(index)
            if time.monotonic() > until:
                raise Conflict(f"Another ctx has been indexing for {_PATIENCE_SECONDS:.0f} seconds: try later.")
            index.progress("Waiting for another ctx that is indexing …")
            time.sleep(_LOOK_SECONDS)


def in_background(place: Place) -> int:
    """Finish what is due, without a word and after other work, unless another process does already."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    try:
        with opened(place) as index, alone_at_it(index) as is_mine:
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
