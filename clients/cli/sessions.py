"""`ctx sessions`: conversations, one by one."""

from typing import Annotated

from clients.cli import options, where
from clients.cli.command import Argument, Group, Misused, Option

app = Group("List and show conversations.")


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
    """Print what its tool wrote of a session, as it is kept: line by line, without secrets."""
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
        bool, Option("--full", help="What tools answered and were given, too, not its beginning alone.")
    ] = False,
    brief: Annotated[bool, Option("--brief", help="Without what was said.")] = False,
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
