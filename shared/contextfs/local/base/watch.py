"""Whether somebody writes a database that is read without a lock: how it stood is noted, and looked at again."""

import os
from pathlib import Path
from typing import NamedTuple

from contextfs.kit.errors import Unavailable


class WrittenMeanwhile(Unavailable):
    """Somebody wrote a database that could only be read as it was: the same question, asked again, has an answer."""


class _State(NamedTuple):
    inode: int
    size: int
    mtime: int
    is_ahead: bool


class Watch:
    """How a database stood when it was opened, as the file system tells of it.

    Its log `is_ahead` of it where it has something in it, or somebody who reads or writes it: an empty one may be left.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._found = _state(file)
        self.is_ahead = self._found is None or self._found.is_ahead

    def confirm(self, *, though_ahead: bool = False) -> None:
        """WrittenMeanwhile where it stands otherwise now: what was read may never have been.

        One that is read by its log is seen as it was, whoever writes; unless it is to be told `though_ahead`.
        """
        if (though_ahead or not self.is_ahead) and _state(self._file) != self._found:
            raise self.told() from None

    def told(self) -> WrittenMeanwhile:
        """Say it for people."""
        return WrittenMeanwhile(f"{self._file} was written meanwhile, and can only be read here: try again.")


def _state(file: Path) -> _State | None:
    """Look at a database; None where it is gone."""
    try:
        told = os.stat(file)  # noqa: PTH116 - every command that reads begins here
    except FileNotFoundError:
        return None
    try:
        is_ahead = os.stat(f"{file}-wal").st_size > 0 or os.path.exists(f"{file}-shm")  # noqa: PTH110, PTH116 - as above
    except FileNotFoundError:
        is_ahead = False
    return _State(told.st_ino, told.st_size, told.st_mtime_ns, is_ahead)
