"""Reads Zed's threads from its database: each is JSON, in most versions compressed with Zstandard."""

from collections.abc import Iterator
from typing import Any

from contextfs.adapters.transcripts.shapes import document, table
from contextfs.adapters.transcripts.sqlite import Base
from contextfs.adapters.transcripts.tally import Tally
from contextfs.kit.errors import BadInput
from contextfs.kit.sql import load
from contextfs.kit.zstd import zstd

SQL = load("contextfs.adapters.transcripts.zed", "sqlite.sql")
MAX_UNPACKED_BYTES = 256 << 20

Row = tuple[dict[str, Any], dict[str, Any], Tally]


def threads(base: Base) -> Iterator[Row]:
    """Give each thread's row and what it holds, and the tally for it; one that cannot be read is counted, and empty."""
    for row in base.rows(SQL["threads"]):
        tally = Tally()
        data = row.get("data")
        raw = data if isinstance(data, bytes) else str(data or "").encode("utf-8", "replace")
        unpacked = _unpacked(raw) if row.get("data_type") == "zstd" else raw
        thread = table(document(unpacked)) if unpacked is not None else {}
        tally.add("broken_thread", not thread)
        yield row, thread, tally


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Give a thread's row with its data unpacked; what is damaged stays out."""
    if row.get("data_type") != "zstd" or not isinstance(row.get("data"), bytes):
        return row
    unpacked = _unpacked(row["data"])
    return row | {"data_type": "json", "data": None if unpacked is None else unpacked.decode("utf-8", "replace")}


def _unpacked(data: bytes) -> bytes | None:
    """Unpack, up to 256 MiB: a small row can unpack to a full memory. None when it is damaged or larger."""
    module = zstd()
    if module is None:
        raise BadInput("Zed's threads are compressed with Zstandard: install `backports.zstd`, or use Python 3.14.")
    try:
        unpacking = module.ZstdDecompressor()
        unpacked: bytes = unpacking.decompress(data, max_length=MAX_UNPACKED_BYTES)
    except (module.ZstdError, EOFError, ValueError):
        return None
    return unpacked if unpacking.eof else None
