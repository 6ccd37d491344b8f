"""Pages of a list, read onward by an opaque cursor."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import msgspec

from contextfs.kit.errors import BadInput

T = TypeVar("T")

Limit = Annotated[int, msgspec.Meta(ge=1, le=200, description="How many items a page holds at the most.")]
Cursor = Annotated[
    str, msgspec.Meta(max_length=200, pattern="^[A-Za-z0-9_-]*$", description="`next_cursor` of the page before.")
]


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a list goes on: after this moment and, within it, after this id."""

    at: datetime
    id: UUID


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A part of a list, newest first; `next_cursor` is null on the last page."""

    items: list[T]
    next_cursor: str | None = None


def encode(position: Position) -> str:
    """Write a position as a cursor that a caller hands back unread."""
    return urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def decode(cursor: str | None) -> Position | None:
    """Read a cursor; BadInput when it is not one of ours."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        position = msgspec.json.decode(urlsafe_b64decode(padded), type=Position)
    except (Base64Error, ValueError, msgspec.DecodeError) as error:
        detail = "The cursor is not one that this API gave out: pass `next_cursor` unchanged, or leave it out."
        raise BadInput(detail, where="cursor") from error
    if position.at.tzinfo is None:
        raise BadInput("The cursor is not one that this API gave out.", where="cursor")
    return position


def bounds(cursor: str | None, limit: int) -> dict[str, object]:
    """Give the parameters of a page's query: where it starts, and one row more than the page holds."""
    after = decode(cursor)
    return {"at": after.at if after else None, "after": after.id if after else None, "limit": limit + 1}


def cut(items: list[T], limit: int, position: Callable[[T], Position]) -> Page[T]:
    """Make a page of what such a query gave: the row too many tells that the list goes on."""
    more = len(items) > limit
    kept = items[:limit]
    return Page(items=kept, next_cursor=encode(position(kept[-1])) if more else None)
