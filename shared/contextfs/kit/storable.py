"""What a store can hold of JSON that others made."""

from typing import Any, cast

from contextfs.kit.errors import BadInput

TOO_DEEP = 100
"""Levels of lists and objects in each other that are stored at the most."""


def storable(value: Any, depth: int = 0) -> Any:
    """Give a JSON value with U+FFFD in place of NUL; BadInput where it is nested too deeply to be stored."""
    if depth > TOO_DEEP:
        raise BadInput(f"The JSON is nested deeper than {TOO_DEEP} levels: flatten it.", where="body")
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd") if "\x00" in value else value
    if isinstance(value, dict):
        inside = cast("dict[str, Any]", value)
        return {storable(name, depth): storable(one, depth + 1) for name, one in inside.items()}
    if isinstance(value, list):
        return [storable(one, depth + 1) for one in cast("list[Any]", value)]
    return value
