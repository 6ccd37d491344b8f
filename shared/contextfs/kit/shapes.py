"""Reads JSON whose shape drifts from week to week: a value that is not what we hoped for is simply absent."""

from typing import Any, TypeGuard, cast

_MAX_DEPTH = 100


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


def is_deep(value: object, limit: int = _MAX_DEPTH) -> bool:
    """Tell whether JSON nests deeper than `limit`: what decodes here could be too deep for whoever writes it on."""
    level = [value]
    for _ in range(limit):
        level = [inner for outer in level for inner in (*table(outer).values(), *items(outer))]
        if not level:
            return False
    return True
