"""`ctx projects`: the projects of a server."""

from itertools import islice
from typing import Annotated

from clients.cli.line import options
from clients.cli.line.command import Argument, Group, Option
from clients.cli.line.sure import is_sure
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.client import Project

_MOST_IN_A_PAGE = 200

app = Group("List, create, show and delete the projects of a server.")

Which = Annotated[str, Argument("The project's name or id.")]


@app.command("list")
def list_(limit: options.Limit = 100, json: options.Json = False) -> None:
    """List the projects that are open to you, newest first."""
    with server.opened() as client:
        found = list(islice(client.projects.list(page_size=min(limit, _MOST_IN_A_PAGE)), limit))
    if json:
        output.say_json(found)
    elif found:
        rows = [[output.one_line(one.name, 40), str(one.id), output.day(one.created_at)] for one in found]
        output.table(["name", "id", "created"], rows)
    else:
        output.say("No project is open to you: ctx projects create NAME creates one.")


@app.command()
def create(
    name: Annotated[str, Argument("Its name, unique in the organization.")],
    description: Annotated[str | None, Option("--description", help="What it is about.")] = None,
    id: Annotated[str | None, Option("--id", help="The id that a repository already has for it.")] = None,  # noqa: A002 - the option's name
    json: options.Json = False,
) -> None:
    """Create a project; `ctx link` does this for a folder with a store."""
    with server.opened() as client:
        made = client.projects.create(name, id=id, description=description)
    if json:
        output.say_json(made)
    else:
        output.say(f"Created: {output.one_line(made.name, 40)}  {made.id}")


@app.command()
def show(project: Which, json: options.Json = False) -> None:
    """Show a project."""
    with server.opened() as client:
        found = client.projects.get(server.project_id(client, project))
    if json:
        output.say_json(found)
    else:
        _print(found)


@app.command()
def delete(
    project: Which,
    yes: Annotated[bool, Option("--yes", help="Do not ask for confirmation.")] = False,
    json: options.Json = False,
) -> int:
    """Delete a project with every session and memory in it, for everyone; local stores keep theirs."""
    with server.opened() as client:
        found = client.projects.get(server.project_id(client, project))
        name = output.one_line(found.name, 40)
        if not is_sure(f"Delete the project {name} ({found.id}) on the server, with all that is in it?", yes=yes):
            output.note("Nothing was deleted.")
            return 1
        client.projects.delete(found.id, if_match=found.version)
    if json:
        output.say_json({"deleted": str(found.id)})
    else:
        output.say(f"Deleted: {name}  {found.id}")
    return 0


def _print(one: Project) -> None:
    output.say(output.bold(output.one_line(one.name)))
    taken_out = "what the server takes out" if one.personal is None else ", ".join(one.personal) or "nothing"
    output.block(
        [
            ("id", str(one.id)),
            ("about", output.printable(one.description or "")),
            ("taken out", f"secrets, and of personal data {taken_out}"),
            ("created", output.minute(one.created_at)),
            ("changed", output.minute(one.updated_at)),
            ("version", one.version),
        ]
    )
