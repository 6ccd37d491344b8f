"""`ctx share` and `ctx unshare`: who sees a memory or a conversation."""

from typing import Annotated

from clients.cli import where
from clients.cli.line import options
from clients.cli.line.command import Argument
from contextfs.local.config import Level

Id = Annotated[str, Argument("The id of a memory or a session, or some of its first or last digits.")]


def share(id: Id, server: where.Server = False, json: options.Json = False) -> None:  # noqa: A002 - the argument's name
    """Let the project see a memory, or a session with what was learned from it: it is pushed, and git tracks memories.

    Rules in .contextfs/config.toml share all sessions of a tool, branch, folder or tag.
    """
    _show_to("project", id, server=server, json=json)


def unshare(id: Id, server: where.Server = False, json: options.Json = False) -> None:  # noqa: A002 - the argument's name
    """Make a memory or a session private again: the server removes it for others; what git has in its history stays.

    What was learned from a session goes with it, unless a person changed it, or another shared session says the same.
    """
    _show_to("private", id, server=server, json=json)


def _show_to(level: Level, id: str, *, server: bool, json: bool) -> None:  # noqa: A002 - the argument's name
    place = where.here(server)
    if place is None:
        from clients.cli.there import sharing as there  # noqa: PLC0415 - the one that is meant is loaded

        there.show_to(id, level, json=json)
    else:
        from clients.cli.here import sharing as here  # noqa: PLC0415 - as above

        here.show_to(place, id, level, json=json)
