"""Where a command works: in the store of this folder, or on a server."""

import os
from pathlib import Path
from typing import Annotated, Literal

from clients.cli.line.command import Option
from clients.cli.shown import output
from contextfs.kit.errors import ContextFSError
from contextfs.local import place
from contextfs.local.place import Place

Server = Annotated[bool, Option("--server", help="Work on the server, even in a folder with a store.")]

Reach = Literal["one", "all"]
"""Whether a command that names no project works in one, or looks through all of them."""


def here(server: bool, reach: Reach = "all") -> Place | None:
    """Give the store that the working folder lies in; None where the server is meant, or there is no store at all.

    Where nobody named the server, it is told that this machine's answers, and for what. NotFound where the store is off
    or has lost its settings: a memory that is meant for it must not leave the machine.
    """
    found = None if server else only()
    if found is None and not server and not os.environ.get("CONTEXTFS_URL"):
        _tell(reach)
    return found


def only() -> Place | None:
    """Give the store of the working folder for a command that asks no server; None where there is none."""
    return place.meant(Path.cwd())


def _tell(reach: Reach) -> None:
    from contextfs.client.login import address  # noqa: PLC0415 - in a store nothing is asked of a server

    try:
        found = address.find(os.environ, or_login=True)
    except ContextFSError:
        return  # the command tells what is missing
    name = found.project_name or found.project_id
    which = f"for its project {output.printable(str(name))}" if reach == "one" and name else "for all of its projects"
    answers = "the platform of this machine" if found.is_loopback else found.url
    output.note(f"No store here (`ctx init` makes one): {answers} answers, {which}.")
