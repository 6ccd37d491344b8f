"""Reads JSON whose shape drifts from week to week: a value that is not what we hoped for is simply absent."""

from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

import msgspec

from contextfs.adapters.transcripts.decoding import FAULTS, decode
from contextfs.kit.shapes import count, is_deep, is_list, is_table, items, table, text

__all__ = [
    "amount",
    "count",
    "document",
    "is_deep",
    "is_list",
    "is_table",
    "items",
    "moment",
    "plain_text",
    "simple_yaml",
    "table",
    "text",
]

_MILLISECONDS_FROM = 1e11
"""Seconds since 1970 reach this in the year 5138; a larger figure counts milliseconds."""
_DOCUMENT = msgspec.json.Decoder(Any)
_BLOCKS = ("|", "|-", "|+", ">", ">-", ">+")


def moment(value: object) -> datetime | None:
    """Read ISO 8601 text, or seconds or milliseconds since 1970; without an offset it is UTC."""
    try:
        if isinstance(value, str):
            parsed = datetime.fromisoformat(value)
            return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
            return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def simple_yaml(data: bytes) -> dict[str, str]:
    """Read the plain `key: value` lines of a YAML file, without nesting; what is no such line is left out.

    Of a text of several lines, the first one that says something is given.
    """
    lines = data.decode("utf-8", "replace").splitlines()
    pairs = ((n, *line.partition(": ")) for n, line in enumerate(lines) if line[:1].isalpha())
    read = {key: _block(lines, n + 1) if value.strip() in _BLOCKS else value for n, key, mark, value in pairs if mark}
    return {key: plain for key, value in read.items() if (plain := value.strip().strip("'\""))}


def _block(lines: list[str], start: int) -> str:
    within = takewhile(lambda line: not line or line[0].isspace(), (lines[n] for n in range(start, len(lines))))
    return next((line for line in within if line.strip()), "")


def plain_text(data: bytes) -> tuple[str, bool]:
    """Decode a text file, and tell whether bytes were replaced because they are no UTF-8. Line ends become one sign."""
    try:
        text_of, is_damaged = data.decode(), False
    except UnicodeDecodeError:
        text_of, is_damaged = data.decode(errors="replace"), True
    return text_of.removeprefix("\ufeff").replace("\r\n", "\n"), is_damaged


def amount(value: object) -> float | None:
    """Give the number when it is one and greater than zero."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else None


def document(data: bytes) -> Any:
    """Decode JSON that another program wrote; None when it cannot be."""
    try:
        return decode(data.removeprefix(b"\xef\xbb\xbf"), _DOCUMENT)
    except FAULTS:
        return None
