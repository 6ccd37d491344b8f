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
A_LOOK = 1.0
"""How long (seconds) who is alone on a machine may have to wait for others to have looked whether a lock is taken."""


@contextmanager
def alone(local: Path, file: str = SYNC, *, patience: float = 0.0) -> Generator[bool]:
    """Hold the lock of a store's sync, or another one; gives False when another process holds it.

    It is a transaction of an empty database: the system lets go of it when the process ends, however that ends.
    `patience` is how many seconds it waits for another process: who leaves when it is not free gives at least `A_LOOK`.
    Unavailable where there can be none.
    """
    with _opened(local, file, patience) as held:
        yield _begun(held, "begin exclusive", local / file)


def is_taken(local: Path, file: str = SYNC) -> bool:
    """Tell whether somebody holds the lock. Many may look at once; for a moment nobody can take it meanwhile."""
    with _opened(local, file, 0.0) as held:
        return not _begun(held, "pragma schema_version", local / file)


@contextmanager
def _opened(local: Path, file: str, patience: float) -> Generator[sqlite3.Connection]:
    refuse_link(local / file)
    try:
        local.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    except OSError as error:
        cure = "is the disk full or read-only, or the folder another user's?"
        raise Unavailable(f"{local} cannot be made ({error.strerror}): {cure}") from None
    try:
        held = sqlite3.connect(local / file, timeout=patience, isolation_level=None)
    except sqlite3.Error as error:
        raise explained(error, local / file) from None
    with closing(held):
        yield held


def _begun(held: sqlite3.Connection, statement: str, file: Path) -> bool:
    """Run a statement that needs the lock for itself, or that nobody has it so; False where somebody has."""
    try:
        held.execute(statement).fetchall()
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise explained(error, file) from None
        return False
    return True
