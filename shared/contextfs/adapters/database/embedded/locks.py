"""Locks that end with their processes: the kernel frees them whatever happened to the holder (flock(2))."""

import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from contextfs.kit.errors import Unavailable

PAUSE = 0.01
"""Seconds between two looks at something that is about to change."""


def claim(path: Path, *, create: bool = False) -> int | None:
    """Take the lock on a file without waiting and give its open descriptor; None when a process holds it.

    A child that inherits the descriptor holds the lock, too, for as long as it lives. So a server that was handed it
    is known to live by the lock alone: a process number may be used again by another program, a lock is not.
    """
    import fcntl  # noqa: PLC0415 - Windows has none, and gets its own error

    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0), 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def is_claimed(path: Path) -> bool:
    """Tell whether a process holds the lock on a file; many may look at once, and nobody can take it in that moment."""
    import fcntl  # noqa: PLC0415 - as above

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def locked(path: Path, deadline: float) -> Generator[int]:
    """Hold the lock on a file; Unavailable when it is not free at `deadline` (of the monotonic clock)."""
    while (descriptor := claim(path, create=True)) is None:
        if time.monotonic() >= deadline:
            raise Unavailable(f"Another process is still starting or stopping this database ({path}): try again.")
        time.sleep(PAUSE)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
