"""`ctx mcp`: serves on standard input and output, or writes itself into the settings of a client."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from clients.cli.line import options
from clients.cli.line.command import Argument, Misused, Option


class Action(StrEnum):
    """What to do, other than to serve."""

    install = "install"
    uninstall = "uninstall"
    clients = "clients"


def mcp(
    action: Annotated[
        Action | None, Argument("Leave out to serve; install, uninstall, or clients to list the known clients.")
    ] = None,
    client: Annotated[str | None, Argument("The client to install to: `ctx mcp clients` lists them.")] = None,
    folder: Annotated[
        Path | None, Option("--folder", help="The repository whose memory to serve; by default the working folder's.")
    ] = None,
    server: Annotated[bool, Option("--server", help="Ask the server, even in a folder with a store.")] = False,
    project: Annotated[bool, Option("--project", help="Write this repository's settings, not the user's.")] = False,
    dry_run: Annotated[bool, Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
    json: options.Json = False,
) -> int:
    """Serve the memory of this folder to an AI tool, by the Model Context Protocol on standard input and output.

    In a folder with a store it needs no server and no network. Elsewhere, and with --server, it asks the server. `ctx
    mcp install CLIENT` writes it into a client's settings, and `uninstall` removes it.
    """
    if action is None:
        from clients.mcp import stdio  # noqa: PLC0415 - loads the protocol

        return stdio.serve(folder or _project(), server=server)
    from clients.mcp import installing  # noqa: PLC0415 - as above

    if action is Action.clients:
        return installing.listed(json=json)
    if client is None:
        raise Misused(f"name the client to {action}: `ctx mcp clients` lists them")
    wanted = installing.Wanted(client=client, folder=folder, server=server, project=project)
    act = installing.install if action is Action.install else installing.uninstall
    return act(wanted, dry_run=dry_run, json=json)


def _project() -> Path:
    """Give the folder that is worked on: Claude Code names it, other clients start us in it."""
    return Path(os.environ.get("CLAUDE_PROJECT_DIR") or Path.cwd())
