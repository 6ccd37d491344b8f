"""The file of a model's vectors: half-precision rows behind a header, mapped into memory, only ever appended to.

    8 bytes   MAGIC
    u32, u32  the format's version, the numbers in a row (both little-endian)
    rows      from byte 64 on: little-endian float16 (IEEE 754 binary16)

Which row belongs to which text is in the database, and is written there after the row is safe on the disk: rows that
the database does not know of are what a killed process left, and the next one writes over them. A row that is known is
never written again; when many are not needed any more, the others move to a new file. It does not know models.
"""

import mmap
import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from contextfs.kit.durable import flush
from contextfs.kit.errors import ContextFSError

Half = npt.NDArray[np.float16]
Floats = npt.NDArray[np.float32]

MAGIC = b"\x89CTXVEC\n"  # the high bit and the newline betray a file that was copied as text
VERSION = 1

_PREFIX = struct.Struct("<8sII")
_START = 64
_BLOCK = 512
_SIGN_AND_REST = np.int32(-0x70000001)
_LIFT = np.float32(2.0**112)


class Damaged(ContextFSError):
    """The file of vectors is not what the database says of it."""


class Matrix:
    """The first rows of a file, as many as the database knows; it does not change."""

    def __init__(self, rows: Half) -> None:
        self._rows = rows

    @classmethod
    def open(cls, file: Path, rows: int, dimensions: int) -> "Matrix":
        """Map a file; Damaged when it is missing, of another kind, or too short."""
        size = _START + rows * dimensions * 2
        try:
            with file.open("rb") as opened:
                prefix = opened.read(_PREFIX.size)
                if prefix != _PREFIX.pack(MAGIC, VERSION, dimensions) or os.fstat(opened.fileno()).st_size < size:
                    raise Damaged(f"{file} is damaged")
                mapped = mmap.mmap(opened.fileno(), size, access=mmap.ACCESS_READ)
        except OSError as error:
            raise Damaged(f"{file} cannot be read ({error.strerror})") from None
        return cls(np.frombuffer(mapped, np.dtype("<f2"), rows * dimensions, _START).reshape(rows, dimensions))

    def __len__(self) -> int:
        return len(self._rows)

    def scores(self, query: Floats) -> Floats:
        """Give the inner product of each row with a query of float32.

        A half's bits, moved 13 to the left, are those of the same number times 2^-112 as a float32; the query makes up
        for it. That is exact, and takes half the time of numpy's own conversion.
        """
        found = np.empty(len(self._rows), np.float32)
        bits = np.empty((_BLOCK, self._rows.shape[1]), np.int32)
        lifted = query * _LIFT
        for start in range(0, len(self._rows), _BLOCK):
            halves = self._rows[start : start + _BLOCK].view(np.int16)
            block = bits[: len(halves)]
            np.copyto(block, halves)
            np.left_shift(block, 13, out=block)
            np.bitwise_and(block, _SIGN_AND_REST, out=block)
            np.dot(block.view(np.float32), lifted, out=found[start : start + len(halves)])
        return found

    def check(self, crcs: Sequence[tuple[int, int]]) -> None:
        """Compare rows with their checksums, given as (row, crc); Damaged when one differs."""
        for row, crc in crcs:
            if zlib.crc32(self._rows[row].tobytes()) != crc:
                raise Damaged(f"row {row} of the vectors is damaged")

    def taken(self, rows: Sequence[int]) -> Half:
        """Give some rows."""
        return self._rows[list(rows)]


def append(file: Path, start: int, rows: Half) -> list[int]:
    """Write rows from number `start` on and wait until they are on the disk; gives the checksum of each.

    The first row makes the file. Only one process at a time may do this. Damaged when earlier rows are missing.
    """
    plain = rows.astype(np.dtype("<f2"))
    place = _START + start * plain.shape[1] * 2
    try:
        with file.open("r+b" if start else "w+b") as opened:
            if not start:
                opened.write(_PREFIX.pack(MAGIC, VERSION, plain.shape[1]).ljust(_START, b"\0"))
            elif os.fstat(opened.fileno()).st_size < place:
                raise Damaged(f"{file} is damaged")
            opened.seek(place)
            opened.write(plain.tobytes())
            opened.flush()
            flush(opened.fileno())
    except FileNotFoundError:
        raise Damaged(f"{file} is missing") from None
    return [zlib.crc32(row.tobytes()) for row in plain]
