"""Reads JSON whose shape drifts from week to week: a value that is not what we hoped for is simply absent."""

from datetime import UTC, datetime
from typing import Any, cast

_MILLISECONDS_FROM = 1e11
"""Seconds since 1970 reach this in the year 5138; a larger figure counts milliseconds."""
_MAX_DEPTH = 100


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
