"""A large file as bytes that are read when they are asked for, and soon forgotten: memory stays flat."""

import mmap
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from contextfs.kit.errors import BadInput

_KEPT_BYTES = 4 << 20


class Data(Protocol):
    """What a reader of lines needs of a file's bytes: `bytes` has it, and a `View`."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> bytes: ...

    def find(self, what: bytes, start: int, /) -> int:
        """Give the place of `what` from `start` on, or -1."""
        ...


class View:
    """A file that is mapped into memory; what was looked at is let go after every 4 MiB."""

    def __init__(self, mapped: mmap.mmap) -> None:
        self._mapped = mapped
        self._seen = 0

    def __len__(self) -> int:
        return len(self._mapped)

    def __getitem__(self, part: slice, /) -> bytes:
        data = self._mapped[part]
        self._forget(len(data))
        return data

    def find(self, what: bytes, start: int, /) -> int:
        """Give the place of `what` from `start` on, or -1. What is looked through is let go on the way."""
        while True:
            end = min(start + _KEPT_BYTES + len(what), len(self._mapped))
            place = self._mapped.find(what, start, end)
            self._forget((place if place >= 0 else end) - start)
            if place >= 0 or end == len(self._mapped):
                return place
            start = end - len(what)

    def _forget(self, length: int) -> None:
        self._seen += length
        if self._seen > _KEPT_BYTES and hasattr(self._mapped, "madvise"):
            self._mapped.madvise(mmap.MADV_DONTNEED)
            self._seen = 0


@contextmanager
def viewed(path: Path) -> Generator[View]:
    """Look at a file without reading it whole; BadInput when it cannot be read. What it grows by is not seen."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield View(mapped)
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be read: {error}.", where=str(path)) from error
