"""Where a command works: in the store of this folder, or on a server."""

from pathlib import Path
from typing import Annotated

from clients.cli.command import Option
from contextfs.local import place
from contextfs.local.place import Place

Server = Annotated[bool, Option("--server", help="Work on the server, also inside of a folder with a store.")]


def here(server: bool) -> Place | None:
    """Give the store that the working folder lies in; None where the server is meant, or there is no store at all.

    NotFound where it is off or has lost its settings: a memory that is meant for it must not leave the machine.
    """
    return None if server else place.meant(Path.cwd())
