"""What a request can say and the store cannot hold: the character NUL, absurd nesting, moments beyond the calendar."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

import msgspec
from msgspec import inspect

from contextfs.kit.errors import BadInput, Invalid
from contextfs.kit.storable import TOO_DEEP

_NUL = "\x00"
_NUL_IN_JSON = b"\\u0000"
_FLAT = 12
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
# One day inside the calendar, so that a moment can be told in any time zone.
_EARLIEST, _LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def check_texts(texts: Iterable[str], place: str) -> None:
    """Refuse text with a NUL character."""
    if any(_NUL in text for text in texts):
        raise _nul(place)


def check_json(body: bytes) -> None:
    """Refuse JSON with NUL characters or with more than 100 levels; cheap where nothing is suspicious."""
    if _NUL_IN_JSON in body or (body.count(b"[") + body.count(b"{") > TOO_DEEP and not _is_flat(body)):
        _walk(msgspec.json.decode(body), 0)


def in_utc(noun: msgspec.Struct, where: str) -> None:
    """Tell each moment in a noun that was just read in UTC; Invalid for one that lies outside of the calendar.

    Stores know fewer time zones than RFC 3339 (Postgres none beyond ±15:59), and what is given back is in UTC anyway.
    """
    for name in _with_moments(type(noun)):
        value, place = getattr(noun, name), f"{where}.{name}"
        if isinstance(value, datetime):
            if not _EARLIEST <= value <= _LATEST:
                raise Invalid("The moment has to lie between 0001-01-02 and 9999-12-30 in UTC.", where=place)
            msgspec.structs.force_setattr(noun, name, value.astimezone(UTC))
        elif isinstance(value, msgspec.Struct):
            in_utc(value, place)
        elif isinstance(value, list):
            for number, item in enumerate(cast("list[msgspec.Struct]", value)):
                in_utc(item, f"{place}[{number}]")


@cache
def _with_moments(noun: type[msgspec.Struct]) -> tuple[str, ...]:
    """Name the fields of a noun that can hold moments, so that long lists of others are not walked."""
    told = cast("inspect.StructType", inspect.type_info(noun))
    return tuple(field.name for field in told.fields if _can_be_moment(field.type))


def _can_be_moment(kind: inspect.Type) -> bool:
    match kind:
        case inspect.DateTimeType():
            return True
        case inspect.Metadata():  # a field with a description
            return _can_be_moment(kind.type)
        case inspect.UnionType():
            return any(_can_be_moment(one) for one in kind.types)
        case inspect.ListType(item_type=inspect.StructType() as inner):
            return _can_be_moment(inner)
        case inspect.StructType():
            return bool(_with_moments(kind.cls))
        case _:
            return False


def _is_flat(body: bytes) -> bool:
    """Tell of well-formed JSON, without decoding it again, that it has few levels.

    Without texts and numbers there are only brackets left, and each round takes the innermost pairs away.
    """
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in body else body
    brackets = b"".join(unescaped.split(b'"')[::2]).translate(None, _NO_BRACKETS)
    for _ in range(_FLAT):
        if not brackets:
            return True
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return False


def _walk(value: Any, depth: int) -> None:
    if depth > TOO_DEEP:
        raise BadInput(f"The JSON is nested deeper than {TOO_DEEP} levels: flatten it.", where="body")
    if isinstance(value, str):
        if _NUL in value:
            raise _nul("body")
    elif isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            _walk(key, depth)
            _walk(item, depth + 1)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            _walk(item, depth + 1)


def _nul(place: str) -> Invalid:
    return Invalid("Text cannot hold the NUL character (U+0000): remove it.", where=place)
