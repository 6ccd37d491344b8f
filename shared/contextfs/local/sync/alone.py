"""One at a time: a lock that lasts as long as its process, on every system, whatever happens to it."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from contextfs.kit.durable import PRIVATE
from contextfs.kit.errors import Unavailable
from contextfs.local.base.connection import explained, refuse_link

SYNC = "sync.lock"
SEARCH = "search.lock"
"""The locks of a store: of who syncs, and of who indexes for long."""

_A_LOOK_SECONDS = 0.01
"""So long at the most a lock is waited for: who looks whether it is taken has it for a moment, and does not keep it."""


@contextmanager
def alone(local: Path, file: str = SYNC) -> Generator[bool]:
    """Hold the lock of a store's sync, or another one; gives False when another process holds it.

    It is a transaction of an empty database: the system lets go of it when the process ends, however that ends.
    Unavailable where there can be none.
    """
    refuse_link(local / file)
    try:
        local.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    except OSError as error:
        cure = "is the disk full or read-only, or the folder another user's?"
        raise Unavailable(f"{local} cannot be made ({error.strerror}): {cure}") from None
    try:
        held = sqlite3.connect(local / file, timeout=_A_LOOK_SECONDS, isolation_level=None)
    except sqlite3.Error as error:
        raise explained(error, local / file) from None
    with closing(held):
        try:
            held.execute("begin exclusive")
        except sqlite3.Error as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise explained(error, local / file) from None
            yield False
            return
        yield True


def is_taken(local: Path, file: str = SYNC) -> bool:
    """Tell whether somebody holds the lock."""
    with alone(local, file) as is_mine:
        return not is_mine
