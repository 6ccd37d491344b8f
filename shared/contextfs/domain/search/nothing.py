"""Why a search found nothing, as its reply says it: an empty answer without a reason looks like one that failed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

_UNSEEN = "Nothing that can be seen{} shares {} with what was asked."
_APART = "Nothing can be found: since {} is not before {}."
_WITHIN = "Nothing was found{} within {}: with less of that, more may be found."
_NOWHERE = "No project was looked in: project_ids is empty."
_TOO_FAR = "Nothing that was found has a relevance of {:.4g}: the best one has {:.4g}."


if TYPE_CHECKING:
    from typing import Protocol

    from contextfs.domain.search.question import Given

    class Bounds(Given, Protocol):
        """Within which bounds it was looked, with those that were typed into the query; what is None bounds nothing."""

        @property
        def sources(self) -> Sequence[str] | None:
            """Of memories, or of what was said."""
            ...

        @property
        def author(self) -> UUID | str | None:
            """By this person."""
            ...

        @property
        def as_of(self) -> datetime | None:
            """What was known at this time."""
            ...

        @property
        def min_relevance(self) -> float:
            """From this relevance on."""
            ...


def why_nothing(
    bounds: "Bounds", *, projects: int | None = None, words: bool = True, meaning: bool = True, best: float = 0.0
) -> str:
    """Say it in a sentence; `projects` is how many projects were named to look in, None: none was.

    `words` and `meaning` tell which of them were compared. `best` is the relevance of the best that was found, where
    none was relevant enough.
    """
    if projects == 0:
        return _NOWHERE
    if bounds.since and bounds.until and bounds.since >= bounds.until:
        return _APART.format(_moment(bounds.since), _moment(bounds.until))
    if best > 0:
        return too_far(bounds.min_relevance, best)
    where = "" if projects is None else " in that project" if projects == 1 else " in those projects"
    where += f" as of {_moment(bounds.as_of)}" if bounds.as_of else ""
    told = _told(bounds)
    if told:
        return _WITHIN.format(where, ", ".join(told))
    shared = " or ".join([*(["a word"] if words or not meaning else []), *(["a meaning"] if meaning else [])])
    return _UNSEEN.format(where, shared)


def too_far(wanted: float, best: float) -> str:
    """Say that nothing is as relevant as it was wanted."""
    return _TOO_FAR.format(wanted, best)


def _told(bounds: "Bounds") -> list[str]:
    named = {
        "source": bounds.sources,
        "type": bounds.types,
        "tag": bounds.tags,
        "author": [str(bounds.author)] if bounds.author else None,
        "tool": bounds.tools,
        "branch": [bounds.branch] if bounds.branch else None,
        "since": [_moment(bounds.since)] if bounds.since else None,
        "before": [_moment(bounds.until)] if bounds.until else None,
        "visibility": bounds.visibility,
        "sensitivity": bounds.sensitivity,
    }
    return [f"{name} {', '.join(values)}" for name, values in named.items() if values]


def _moment(at: datetime) -> str:
    """Write a moment, in UTC; of midnight the day alone."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%d}" if utc.time() == datetime.min.time() else f"{utc:%Y-%m-%dT%H:%M:%SZ}"
