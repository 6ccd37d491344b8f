"""`ctx sessions`: conversations, one by one."""

from typing import Annotated

from clients.cli import where
from clients.cli.line import options
from clients.cli.line.command import Argument, Group, Misused, Option

app = Group("List, show and remove conversations.")


@app.command("list")
def list_(
    tool: Annotated[str | None, Option("--tool", help="Only of this tool.")] = None,
    branch: Annotated[str | None, Option("--branch", help="Only of this git branch.")] = None,
    since: options.Since = None,
    project: options.Project = None,
    limit: options.Limit = 20,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """List sessions, newest first."""
    place = where.here(server or project is not None)
    if place is None:
        from clients.cli.there import sessions as there  # noqa: PLC0415 - the one that is meant is loaded

        there.listed(tool=tool, branch=branch, since=since, project=project, limit=limit, json=json)
    else:
        from clients.cli.here import sessions as here  # noqa: PLC0415 - as above

        here.listed(place, tool=tool, branch=branch, since=since, limit=limit, json=json)


@app.command()
def record(
    id: Annotated[str, Argument("The session's id, or some of its first or last digits.")],  # noqa: A002 - the argument's name
    server: where.Server = False,
) -> None:
    """Print the kept record of a session: what its tool wrote, line by line, without secrets."""
    place = where.here(server)
    if place is None:
        from clients.cli.there import sessions as there  # noqa: PLC0415 - the one that is meant is loaded

        there.record(id)
    else:
        from clients.cli.here import sessions as here  # noqa: PLC0415 - as above

        here.record(place, id)


@app.command()
def show(
    id: Annotated[str, Argument("The session's id, or some of its first or last digits.")],  # noqa: A002 - the argument's name
    full: Annotated[
        bool, Option("--full", help="Show tools' inputs and outputs in full, not only their beginning.")
    ] = False,
    brief: Annotated[bool, Option("--brief", help="Leave out the messages.")] = False,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Show a session as a dialogue."""
    if full and brief:
        raise Misused("give --full or --brief, not both")
    place = where.here(server)
    if place is None:
        from clients.cli.there import sessions as there  # noqa: PLC0415 - the one that is meant is loaded

        there.show(id, full=full, brief=brief, json=json)
    else:
        from clients.cli.here import sessions as here  # noqa: PLC0415 - as above

        here.show(place, id, full=full, brief=brief, json=json)


@app.command()
def rm(
    id: Annotated[str, Argument("The session's id, or some of its first or last digits.")],  # noqa: A002 - the argument's name
    memories: Annotated[
        bool, Option("--memories", help="Also delete memories that only it taught and nobody changed since.")
    ] = False,
    yes: Annotated[bool, Option("--yes", help="Do not ask for confirmation.")] = False,
    server: where.Server = False,
    json: options.Json = False,
) -> int:
    """Delete a session and its messages, here and on the server; no import or pull brings it back.

    What was learned from it stays, as memories of their own; --memories also deletes these, in the store of this
    folder. Copies that its tool keeps, or that others pulled before, are not touched.
    """
    place = where.here(server)
    if place is None:
        if memories:
            raise Misused(
                "--memories works in the store of a folder: on a server, `ctx memory rm --server` deletes each"
            )
        from clients.cli.there import sessions as there  # noqa: PLC0415 - the one that is meant is loaded

        return there.remove(id, yes=yes, json=json)
    from clients.cli.here import sessions as here  # noqa: PLC0415 - as above

    return here.remove(place, id, memories=memories, yes=yes, json=json)
