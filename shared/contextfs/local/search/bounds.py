"""Within which bounds a search looks, as its statements take them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from contextfs.local.search.model import Wanted

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PREFIX = "memory_"
_USER = "user:"


def bounds(
    wanted: Wanted, *, me: Callable[[], str], seen: Callable[[Sequence[str]], list[str]]
) -> dict[str, Any] | None:
    """Give the bounds of a search; None when it has none.

    `me` names who is meant by the author `me`; `seen` gives the sessions of some visibilities.
    """
    found = {
        "sources": _list(wanted.sources),
        "types": _list(None if wanted.types is None else [one.removeprefix(_PREFIX) or one for one in wanted.types]),
        "tags": _list(wanted.tags),
        "authors": None if wanted.author is None else encoded(authors(wanted.author, me)),
        "tools": _list(wanted.tools),
        "branch": wanted.branch,
        "since": micros(wanted.since) if wanted.since else None,
        "until": micros(wanted.until) if wanted.until else None,
        "visibilities": _list(wanted.visibility),
        "sessions": None if wanted.visibility is None else encoded(seen(wanted.visibility)),
        "sensitivities": _list(wanted.sensitivity),
    }
    return None if all(value is None for value in found.values()) else found


UNBOUND = dict.fromkeys(
    (
        *("sources", "types", "tags", "authors", "tools", "branch", "since", "until"),
        *("visibilities", "sessions", "sensitivities"),
    )
)


def authors(author: str, me: Callable[[], str]) -> list[str]:
    """Give the spellings of an author; what was captured here and not shared yet has none, and is by who works here."""
    mine = me().lower().removeprefix(_USER)
    name = mine if author.lower() == "me" else author.lower().removeprefix(_USER)
    return [name, f"{_USER}{name}", *([""] if name == mine else [])]


def encoded(values: Sequence[object]) -> str:
    """Write a list as SQLite's json_each reads it."""
    return msgspec.json.encode(values).decode()


def micros(moment: datetime) -> int:
    """Count the microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(count: int) -> datetime:
    """Give the moment that is so many microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=count)


def _list(values: Sequence[str] | None) -> str | None:
    return None if values is None else encoded(values)
