"""What every store of files agrees on: how a key is spelled, and how content is measured and checked."""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256

from contextfs.kit.errors import ContextFSError, Invalid
from contextfs.kit.ports import Blob

PATH = "/v1/files"
"""Where a server answers links to files that it keeps itself."""
PART = 1024 * 1024
"""Bytes of a part, as files are read."""

_SEGMENT = r"[0-9A-Za-z_-][0-9A-Za-z._-]{0,127}"
_KEY = re.compile(rf"{_SEGMENT}(/{_SEGMENT}){{0,7}}", re.ASCII)
_FOLDER = re.compile(rf"({_SEGMENT}/){{1,8}}", re.ASCII)


def key(text: str) -> str:
    """Give a key: one to eight names, parted by `/`, of letters, digits, `.`, `_`, `-`; none begins with a dot.

    So no key leaves its folder, hides, or is spelled in two ways. Invalid otherwise.
    """
    if not _KEY.fullmatch(text):
        raise Invalid(f"{text[:80]!r} is not a key of a file: write names like exports/acme/1.zip.")
    return text


def folder(text: str) -> str:
    """Give a folder of keys: it ends with `/`, so that `acme/` is not the beginning of `acme2/`. Invalid otherwise."""
    if not _FOLDER.fullmatch(text):
        raise Invalid(f"{text[:80]!r} is not a folder of files: write it like exports/acme/.")
    return text


class Measured:
    """Hands the parts of a file on, once, and measures them."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = parts
        self._hash = sha256()
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        """Give the parts that hold something."""
        for part in self._parts:
            if part:
                self._hash.update(part)
                self._size += len(part)
                yield part

    def blob(self, key: str) -> Blob:
        """Say what went through, as the file of a key."""
        return Blob(key, self._size, self._hash.hexdigest())


def checked(key: str, parts: Iterable[bytes], expected: str | None) -> Iterator[bytes]:
    """Hand parts on; ContextFSError after the last one, when they were not what was expected."""
    measured = Measured(parts)
    yield from measured
    if expected is not None and measured.blob(key).sha256 != expected:
        raise ContextFSError(f"The file {key} is not what was stored: restore it from a backup, or make it anew.")
