"""Facets: how many of what was found have each type, tag, tool, …: what a next, narrower search could ask for."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

MOST: Final = 20
"""How many values of one facet are told."""

Traits = Mapping[str, Sequence[str]]
"""What one thing counts for: the values that it has of each facet."""


class Facet(msgspec.Struct, frozen=True, kw_only=True):
    """A value of what was found, and how many have it."""

    value: str
    count: int


def traits(
    *,
    source: str,
    type: str,  # noqa: A002 - the field's name
    tags: Sequence[str],
    tool: str | None,
    branch: str | None,
    project: str,
    author: str | None,
    visibility: str | None,
    sensitivity: str | None,
    occurred_at: datetime,
) -> Traits:
    """Tell what a thing counts for; a month is written `2026-05`."""
    one = {
        "source": source,
        "type": type,
        "tool": tool,
        "branch": branch,
        "project": project,
        "author": author,
        "visibility": visibility,
        "sensitivity": sensitivity,
    }
    named = {name: [value] for name, value in one.items() if value}
    return named | {"tag": list(dict.fromkeys(tags)), "month": [f"{occurred_at.astimezone(UTC):%Y-%m}"]}


def facets(found: Iterable[Traits], *, most: int = MOST) -> dict[str, list[Facet]]:
    """Count the values of each facet, the most frequent first, equal ones by name; the order of `found` is irrelevant.

    A facet that nothing has a value of is left out.
    """
    counts: dict[str, Counter[str]] = {}
    for one in found:
        for name, values in one.items():
            counts.setdefault(name, Counter()).update(values)
    return {name: _told(counts[name], most) for name in sorted(counts) if counts[name]}


def _told(counts: Counter[str], most: int) -> list[Facet]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Facet(value=value, count=count) for value, count in ordered[:most]]
