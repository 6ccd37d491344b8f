"""What holds no longer, and why: pure, and the same on a server and on a laptop.

A memory is overtaken when its `valid_to` or its `expires_at` has come. Search, lists and packs leave it out unless
they are asked for what is `superseded`; then it says since when it holds no longer, and what took its place.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit.fields import Moment

RETIRED = "retired"
"""The key in a memory's metadata that says what it was retired for."""

How = Annotated[
    Literal["superseded", "ended", "expired"],
    Meta(description="Another memory replaced it, or its `valid_to` or `expires_at` has come."),
]
Superseded = Annotated[
    bool, Meta(description="Include what no longer holds: superseded, past its `valid_to`, or expired. It is marked.")
]


class Overtaken(msgspec.Struct, frozen=True, kw_only=True):
    """Since when a memory no longer holds, why, and which other one replaces it."""

    how: How
    at: Moment
    by: UUID | None = None

    def __str__(self) -> str:
        """Say it in a few words: `superseded on 2026-05-01 by 3b89a72b85e0`."""
        return f"{self.how} on {self.at.astimezone(UTC):%Y-%m-%d}{f' by {self.by.hex[-12:]}' if self.by else ''}"


def overtaken(
    *, valid_to: datetime | None, expires_at: datetime | None, metadata: Mapping[str, Any], at: datetime
) -> Overtaken | None:
    """Tell whether a memory with these fields held no longer at a time; None: it held."""
    if valid_to is not None and valid_to <= at:
        by = _successor(metadata)
        return Overtaken(how="ended" if by is None else "superseded", at=valid_to, by=by)
    if expires_at is not None and expires_at <= at:
        return Overtaken(how="expired", at=expires_at)
    return None


def since(at: datetime, *, superseded: bool) -> datetime:
    """Give the time by which something must have ended to be left out: of what is superseded, nothing is."""
    return datetime.min.replace(tzinfo=UTC) if superseded else at


def ends_at(*, valid_to: datetime | None, expires_at: datetime | None) -> datetime | None:
    """Give the time from which on a memory is overtaken; None: it holds until something changes."""
    return min((end for end in (valid_to, expires_at) if end is not None), default=None)


def _successor(metadata: Mapping[str, Any]) -> UUID | None:
    mark = metadata.get(RETIRED)
    if not isinstance(mark, dict):
        return None
    try:
        return UUID(str(cast("dict[str, Any]", mark).get("for")))
    except ValueError:
        return None
