"""Whether JSON holds other JSON, as PostgreSQL's `@>` tells of jsonb: for what is no row any more.

An object holds another one when each of the other's fields is held by its own of that name; a list, when each element
of the other is held by some element of its own; anything else, when it is the same. `1` and `1.0` are the same number.
"""

from decimal import Decimal
from typing import Any, cast


def contains(whole: Any, part: Any) -> bool:
    """Tell whether a value holds another one; both are decoded JSON."""
    if isinstance(part, dict):
        fields = cast("dict[str, Any]", part)
        return isinstance(whole, dict) and all(
            name in whole and contains(whole[name], one) for name, one in fields.items()
        )
    if isinstance(part, list):
        own = cast("list[Any]", whole) if isinstance(whole, list) else None
        return own is not None and all(any(contains(held, one) for held in own) for one in cast("list[Any]", part))
    return _plain(whole) == _plain(part)


def _plain(value: Any) -> tuple[str, Any]:
    """Give a value with its kind, for true is not 1; numbers are those that they are written as."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number", Decimal(repr(value))
    return cast("type[Any]", type(value)).__name__, value
