"""Reads JSON whose shape drifts from week to week: a value that is not what we hoped for is simply absent."""

from datetime import UTC, datetime
from typing import Any, TypeGuard, cast

import msgspec

from contextfs.adapters.transcripts.decoding import FAULTS, decode

_MILLISECONDS_FROM = 1e11
"""Seconds since 1970 reach this in the year 5138; a larger figure counts milliseconds."""
_MAX_DEPTH = 100
_DOCUMENT = msgspec.json.Decoder(Any)


def is_table(value: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether this is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Tell whether this is an array."""
    return isinstance(value, list)


def table(value: object) -> dict[str, Any]:
    """Give the object, or an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """Give the array, or an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def text(value: object) -> str | None:
    """Give the string when there is anything in it."""
    return value if isinstance(value, str) and value else None


def count(value: object) -> int:
    """Give the whole number when it is one and not negative, else 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


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


def is_deep(value: object, limit: int = _MAX_DEPTH) -> bool:
    """Tell whether JSON nests deeper than `limit`: what decodes here could be too deep for whoever writes it on."""
    level = [value]
    for _ in range(limit):
        level = [inner for outer in level for inner in (*table(outer).values(), *items(outer))]
        if not level:
            return False
    return True


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
