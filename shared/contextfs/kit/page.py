"""Pages of a list, read onward by an opaque cursor."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import msgspec

from contextfs.kit import forms
from contextfs.kit.errors import BadInput

T = TypeVar("T")

_NOT_OURS = "The cursor is not one that this list gave out: pass `next_cursor` unchanged, or leave it out."

_MOST = 200

Limit = Annotated[int, msgspec.Meta(ge=1, le=_MOST, description="How many items a page holds at most.")]
Cursor = Annotated[
    str, msgspec.Meta(max_length=200, pattern=forms.CURSOR, description="`next_cursor` of the page before.")
]


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a list goes on: after this moment and, within it, after this id."""

    at: datetime
    id: UUID


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A part of a list, newest first; `next_cursor` is null on the last page."""

    items: Annotated[list[T], msgspec.Meta(max_length=_MOST)]
    next_cursor: str | None = None


def encode(position: Position, of: str) -> str:
    """Write a position in the list `of` as a cursor that a caller hands back unread."""
    return urlsafe_b64encode(msgspec.json.encode((of, position))).decode().rstrip("=")


def decode(cursor: str | None, of: str) -> Position | None:
    """Read a cursor of the list `of`; BadInput when it is not one of ours, or one of another list."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        name, position = msgspec.json.decode(urlsafe_b64decode(padded), type=tuple[str, Position])
    except (Base64Error, ValueError, msgspec.DecodeError) as error:
        raise BadInput(_NOT_OURS, where="cursor") from error
    if name != of or position.at.tzinfo is None:
        raise BadInput(_NOT_OURS, where="cursor")
    return position


def bounds(cursor: str | None, limit: int, of: str) -> dict[str, object]:
    """Give the parameters of a page's query: where it starts, and one row more than the page holds."""
    after = decode(cursor, of)
    return {"at": after.at if after else None, "after": after.id if after else None, "limit": limit + 1}


def cut(items: list[T], limit: int, position: Callable[[T], Position], of: str) -> Page[T]:
    """Make a page of what such a query gave: the row too many tells that the list goes on."""
    more = len(items) > limit
    kept = items[:limit]
    return Page(items=kept, next_cursor=encode(position(kept[-1]), of) if more else None)
