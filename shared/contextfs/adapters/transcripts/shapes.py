"""Reads JSON whose shape drifts from week to week: a value that is not what we hoped for is simply absent."""

from datetime import UTC, datetime
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
    """Read the plain `key: value` lines of a YAML file, without nesting; what is no such line is left out."""
    pairs = (line.partition(": ") for line in data.decode("utf-8", "replace").splitlines() if line[:1].isalpha())
    return {key: value.strip().strip("'\"") for key, mark, value in pairs if mark and value.strip()}


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
