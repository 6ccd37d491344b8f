"""What is wrong with a request, told in one clear line: what, where, and the cure. What was sent is never quoted."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from contextfs.kit.errors import Invalid
from contextfs.kit.expected import in_words

_STEP = re.compile(r"\.(\w+)|\[(?:\d+|\.\.\.)\]")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_SHOWN_NAME = re.compile(r"[A-Za-z_][\w.:-]{0,39}", re.ASCII)
_CURES = {
    "Invalid UUID": "This is not a UUID: write one like 01890a5d-ac96-774b-bcce-b302099a8057.",
    "Invalid RFC3339 encoded datetime": "This is not a moment: write one like 2030-01-31T08:00:00Z.",
    "Expected `datetime` with a timezone component": "The moment has no time zone: write one, as in …T08:00:00Z.",
    "Number out of range": "The number is not finite, or too large: write it as text.",
    "Integer value out of range": "The number is too large: write it as text.",
}


def told(error: msgspec.ValidationError, wanted: Any, place: str) -> Invalid:
    """Turn `Expected … - at `$.tags[0]`` into what is wrong and where; `place` is `$`, `query` or `path`."""
    what, _, at = str(error).partition(" - at `")
    path = at.replace("key` in `", "").rstrip("`") or "$"
    return Invalid(_said(what, wanted, path), where=place + path.removeprefix("$"))


def shown_name(name: str) -> str:
    """Quote a name that the caller sent, where it looks like a name and like no secret."""
    from contextfs.domain.redaction.rules import redact  # noqa: PLC0415 - only where something is refused

    plain = _SHOWN_NAME.fullmatch(name) and not redact(name, key=b"").findings
    return f"`{name}`" if plain else "that name"


def _said(what: str, wanted: Any, path: str) -> str:
    if what.startswith("Invalid enum value"):
        return f"This is none of the values that can stand here: {', '.join(_options(wanted, path))}."
    if unknown := _UNKNOWN.fullmatch(what):
        known = ", ".join(field.encode_name for field in _fields(_at(wanted, path)))
        return f"There is no field {shown_name(unknown[1])} here: leave it out, or take one of {known or 'none'}."
    return _CURES.get(what, f"{in_words(what)}.")


def _options(wanted: Any, path: str) -> Iterator[str]:
    for one in _at(wanted, path):
        if isinstance(one, inspect.LiteralType):
            yield from (str(value) for value in one.values)


def _at(wanted: Any, path: str) -> Sequence[inspect.Type]:
    """Give the types that can stand at a path: `$.messages[0].role` of a session is one of four words."""
    types = _alternatives(_type(wanted))
    for step in _STEP.finditer(path):
        types = [one for inner in _inside(types, step[1]) for one in _alternatives(inner)]
    return types


@cache
def _type(wanted: Any) -> inspect.Type:
    return inspect.type_info(wanted)


def _alternatives(kind: inspect.Type) -> list[inspect.Type]:
    if isinstance(kind, inspect.UnionType):
        return [one for part in kind.types for one in _alternatives(part)]
    return _alternatives(kind.type) if isinstance(kind, inspect.Metadata) else [kind]


def _inside(types: Sequence[inspect.Type], name: str | None) -> Iterator[inspect.Type]:
    for one in types:
        if name is not None:
            yield from (field.type for field in _fields([one]) if field.encode_name == name)
        elif isinstance(one, inspect.CollectionType):
            yield one.item_type
        elif isinstance(one, inspect.DictType):
            yield one.value_type


def _fields(types: Sequence[inspect.Type]) -> Iterator[inspect.Field]:
    for one in types:
        if isinstance(one, inspect.StructType):
            yield from one.fields
