"""A zip that is written from its beginning to its end: nothing of it is held but what is on its way."""

from collections.abc import Iterable, Iterator
from io import RawIOBase
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from contextfs.kit.blobs import PART
from contextfs.kit.errors import TooLarge


def zipped(members: Iterable[tuple[str, Iterable[bytes]]], *, most: int, cure: str) -> Iterator[bytes]:
    """Zip members by name, in parts of a file; TooLarge, with the cure, when it grows beyond `most` bytes."""
    out = _Out(most, cure)
    with ZipFile(out, "w") as archive:  # pyright: ignore[reportArgumentType] - it writes, and is not asked for more
        for name, lines in members:
            with archive.open(_info(name), "w", force_zip64=True) as file:
                for line in lines:
                    file.write(line)
                    if out.held >= PART:
                        yield out.taken()
    yield out.taken()


def _info(name: str) -> ZipInfo:
    """Describe a member, without the time of day."""
    info = ZipInfo(name)
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


class _Out(RawIOBase):
    """Takes what the zip writes, until it is taken on."""

    def __init__(self, most: int, cure: str) -> None:
        super().__init__()
        self._most, self._cure = most, cure
        self._size = 0
        self._held = bytearray()

    @property
    def held(self) -> int:
        """How many bytes wait to be taken."""
        return len(self._held)

    def writable(self) -> bool:
        """Tell that it is written to."""
        return True

    def write(self, data: Any) -> int:
        """Take some bytes."""
        self._held += data
        self._size += len(data)
        if self._size > self._most:
            raise TooLarge(f"It is larger than {self._most // 1_000_000} MB: {self._cure}.")
        return len(data)

    def taken(self) -> bytes:
        """Give what waits."""
        taken = bytes(self._held)
        self._held.clear()
        return taken
