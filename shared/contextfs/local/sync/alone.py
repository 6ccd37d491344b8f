"""One at a time: a lock that lasts as long as its process, on every system, whatever happens to it."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

FILE = "sync.lock"


@contextmanager
def alone(local: Path, file: str = FILE) -> Generator[bool]:
    """Hold the lock of a store's sync, or another one of a name; gives False when another process holds it.

    It is a transaction of an empty database: the system lets go of it when the process ends, however that ends.
    """
    local.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(local / file, timeout=0, isolation_level=None)) as held:
        try:
            held.execute("begin exclusive")
        except sqlite3.OperationalError:
            yield False
            return
        yield True


def is_taken(local: Path) -> bool:
    """Tell whether somebody holds the lock."""
    with alone(local) as is_mine:
        return not is_mine
