"""Why a search found nothing, as its reply says it: an empty answer without a reason looks like one that failed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

_UNSEEN = "Nothing that can be seen{} shares a word or a meaning with the query."
_APART = "Nothing can be found: since {} is not before {}."
_WITHIN = "Nothing was found{} within {}: leave some of it out to find more."
_NOWHERE = "No project was looked in: project_ids is empty."
_TOO_FAR = "Nothing that was found has a relevance of {:g}: the best one has {:.2f}."


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


def why_nothing(bounds: "Bounds", *, projects: int | None = None) -> str:
    """Say it in a sentence; `projects` is how many projects were named to look in, None: none was."""
    if projects == 0:
        return _NOWHERE
    if bounds.since and bounds.until and bounds.since >= bounds.until:
        return _APART.format(_moment(bounds.since), _moment(bounds.until))
    where = "" if projects is None else " in that project" if projects == 1 else " in those projects"
    where += f" as of {_moment(bounds.as_of)}" if bounds.as_of else ""
    told = _told(bounds)
    return _WITHIN.format(where, ", ".join(told)) if told else _UNSEEN.format(where)


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
        "relevance": [f"from {bounds.min_relevance:g} on"] if bounds.min_relevance else None,
    }
    return [f"{name} {', '.join(values)}" for name, values in named.items() if values]


def _moment(at: datetime) -> str:
    """Write a moment, in UTC; of midnight the day alone."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%d}" if utc.time() == datetime.min.time() else f"{utc:%Y-%m-%dT%H:%M:%SZ}"
