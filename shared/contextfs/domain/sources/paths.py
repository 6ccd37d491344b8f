"""Paths into JSON: a small part of JSONPath (RFC 9535) that takes time linear in what it finds.

`$` is where it begins, `.name` and `['any name']` go into an object, `[0]` into a list (`[-1]` is its last), and `[*]`
takes each item of a list. There are no filters, no slices and no descent (`..`): what a path costs can be seen in it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast

from contextfs.kit.forms import JSON_STEP

_STEP = re.compile(rf"{JSON_STEP}|\[\*\]")
_EACH = object()
Step = str | int | object


def first(path: str | None, value: Any) -> Any:
    """Give what a path leads to, the first of several; None where there is nothing, or no path."""
    return None if path is None else next(found(path, value), None)


def found(path: str, value: Any) -> Iterator[Any]:
    """Give all that a path leads to, in order."""
    values: Iterator[Any] = iter((value,))
    for step in _steps(path):
        values = _walked(values, step)
    return values


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[Step, ...]:
    return tuple(_step(text) for text in _STEP.findall(path))


def _step(text: str) -> Step:
    if text == "[*]":
        return _EACH
    if text.startswith("."):
        return text[1:]
    return text[2:-2] if text[1] == "'" else int(text[1:-1])


def _walked(values: Iterator[Any], step: Step) -> Iterator[Any]:
    for value in values:
        if isinstance(value, dict) and isinstance(step, str):
            inside = cast("dict[str, Any]", value)
            if step in inside:
                yield inside[step]
        elif isinstance(value, list):
            items = cast("list[Any]", value)
            if step is _EACH:
                yield from items
            elif isinstance(step, int) and -len(items) <= step < len(items):
                yield items[step]
