"""Options that several commands share, and how their values are read."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated

from clients.cli.line.command import Misused, Option
from contextfs.kit.pattern import pattern

_AGO = pattern(r"(\d{1,6})(?:([hdw])| ?(hour|day|week)s?)(?: ago)?")
_DAYS_AGO = {"today": 0, "yesterday": 1, "last week": 7}
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class Visibility(StrEnum):
    """Who may see a thing."""

    private = "private"
    project = "project"
    organization = "organization"


class Sensitivity(StrEnum):
    """How sensitive a thing is."""

    public = "public"
    internal = "internal"
    confidential = "confidential"
    restricted = "restricted"


Json = Annotated[bool, Option("--json", help="Print JSON.")]
Project = Annotated[str | None, Option("--project -p", help="Name or id of the project.", envvar="CONTEXTFS_PROJECT")]
Type = Annotated[str | None, Option("--type", help="fact, episodic, procedural, user, decision, or your own word.")]
Tags = Annotated[list[str] | None, Option("--tag", help="A tag; may be repeated.")]
Visibilities = Annotated[
    list[Visibility] | None, Option("--visibility", help="Only what has this visibility; may be repeated.")
]
Sensitivities = Annotated[
    list[Sensitivity] | None, Option("--sensitivity", help="Only what has this sensitivity; may be repeated.")
]
Since = Annotated[str | None, Option("--since", help="Not older than 2026-11-01, yesterday, or 12h, 7d, 4w ago.")]
AsOf = Annotated[
    str | None,
    Option("--as-of", help="As it was known then: 2026-05-01, 2026-05-01T09:30, yesterday, or 12h, 7d, 4w ago."),
]
Superseded = Annotated[
    bool, Option("--superseded", help="Include what no longer holds: superseded, past its end, or expired.")
]
Limit = Annotated[int, Option("--limit -n", min=1, help="How many to show at most.")]


def word(text: str | None, name: str) -> str | None:
    """Read a word that may be left out, but is not empty."""
    if text is not None and not text.strip():
        raise Misused(f"{name} is empty: give a word, or leave it out")
    return text


def since(text: str | None, now: datetime, name: str = "--since") -> datetime | None:
    """Read a date, or how long ago; without a time zone it is this machine's. A day is meant from its beginning on."""
    if text is None:
        return None
    said = " ".join(text.lower().split())
    if (days := _DAYS_AGO.get(said)) is not None:
        return datetime.combine(now.astimezone().date() - timedelta(days=days), time()).astimezone()
    ago = _AGO.fullmatch(said)
    if not ago:
        return moment(text, name, also=", yesterday, or 12h, 7d, 4w ago")
    try:
        return now - int(ago[1]) * _UNITS[(ago[2] or ago[3])[0]]
    except OverflowError:
        raise Misused(f"{name}: {text!r} is before the year 1") from None


def as_of(text: str | None, now: datetime) -> datetime | None:
    """Read a time to look back to."""
    return since(text, now, "--as-of")


def moment(text: str, name: str, also: str = "") -> datetime:
    """Read a date and time; without a time zone it is this machine's."""
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Misused(
            f"{name}: {text!r} is not a time: write 2026-11-01, 2026-11-01T09:30 or 2026-11-01T09:30+01:00{also}"
        ) from None
    try:
        at = parsed if parsed.tzinfo else parsed.astimezone()
        at.astimezone(UTC)
    except (OverflowError, ValueError):
        raise Misused(f"{name}: {text!r} is outside of the calendar: use a year from 2 to 9998") from None
    return at
