"""Options that several commands share, and how a command is made of a function."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

_AGO = re.compile(r"(\d{1,6})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Project = Annotated[
    str | None, typer.Option("--project", "-p", help="Name or id of the project.", envvar="CONTEXTFS_PROJECT")
]
Type = Annotated[
    str | None, typer.Option("--type", help="fact, episodic, procedural, user, decision, or a word of yours.")
]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be given several times.")]
Since = Annotated[str | None, typer.Option("--since", help="Not older than 2026-11-01, or 12h, 7d, 4w ago.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="How many to show at the most.")]


def group(about: str) -> typer.Typer:
    """Make a command that has commands of its own."""
    return typer.Typer(
        help=about,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def app_of(command: typer.Typer | Callable[..., Any]) -> typer.Typer:
    """Make a program of a group, or of a function that is a command by itself."""
    if isinstance(command, typer.Typer):
        return command
    app = group(command.__doc__ or "")
    app.command()(command)
    return app


def since(text: str | None, now: datetime) -> datetime | None:
    """Read a date, or how long ago; without a time zone it is this machine's."""
    if text is None:
        return None
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return now - int(ago[1]) * _UNITS[ago[2]]
    return moment(text, "--since")


def moment(text: str, option: str) -> datetime:
    """Read a date and time; without a time zone it is this machine's."""
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError:
        detail = f"{text!r} is no time: write 2026-11-01, 2026-11-01T09:30 or 2026-11-01T09:30+01:00"
        raise typer.BadParameter(detail, param_hint=option) from None
    return parsed if parsed.tzinfo else parsed.astimezone()
