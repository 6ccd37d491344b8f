"""How lines of a record are packed, and known again."""

import zlib
from collections.abc import Sequence
from hashlib import sha256

import msgspec


def digest(lines: Sequence[str]) -> tuple[bytes, int]:
    """Give the hash of lines as they are sent, and their length in bytes."""
    data = text(lines)
    return sha256(data).digest(), len(data)


def text(lines: Sequence[str]) -> bytes:
    """Give lines as they stand in a file."""
    return "".join(f"{one}\n" for one in lines).encode("utf-8", "surrogatepass")


def packed(lines: Sequence[str]) -> bytes:
    """Pack lines for the database."""
    return zlib.compress(msgspec.json.encode(lines), 6)


def unpacked(data: bytes) -> list[str]:
    """Give the lines again."""
    return msgspec.json.decode(zlib.decompress(data), type=list[str])
