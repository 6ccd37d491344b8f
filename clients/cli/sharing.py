"""`ctx share` and `ctx unshare`: who sees a memory."""

from clients.cli import memory, options, where
from clients.cli.here import memory as here
from contextfs.kit.errors import NotFound
from contextfs.kit.fields import Visibility


def share(id: memory.Id, json: options.Json = False) -> None:  # noqa: A002 - the argument's name
    """Let the project see a memory: its file is tracked by git, and it is pushed."""
    _show_to("project", id, json=json)


def unshare(id: memory.Id, json: options.Json = False) -> None:  # noqa: A002 - the argument's name
    """Keep a memory for yourself: the server takes it from the others; what git has in its history stays there."""
    _show_to("private", id, json=json)


def _show_to(visibility: Visibility, id: str, *, json: bool) -> None:  # noqa: A002 - the argument's name
    place = where.here(server=False)
    if place is None:
        raise NotFound("There is no store in this folder: `ctx init` makes one.")
    here.show_to(place, id, visibility, json=json)
