"""`ctx graph`: what memories speak of, and how that hangs together."""

from typing import Annotated

from clients.cli import where
from clients.cli.line import options
from clients.cli.line.command import Argument, Group, Misused, Option

app = Group("See what memories speak of, and how that hangs together.")


@app.command()
def show(
    entity: Annotated[str | None, Argument(help="A file, a symbol, an error, an issue, a tool, a name, …")] = None,
    memory: Annotated[str | None, Option("--memory", help="Start from this memory instead: its id.")] = None,
    depth: Annotated[int, Option("--depth", min=1, max=3, help="How many edges away.")] = 2,
    limit: options.Limit = 30,
    project: options.Project = None,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Show what is around an entity or a memory, nearest first; without either, what most memories mention."""
    if entity is not None and memory is not None:
        raise Misused("both an entity and --memory are given: leave one of them out")
    entity = options.word(entity, "ENTITY")
    found = where.here(server or project is not None, "one")
    if found is None:
        from clients.cli.there import graph as there  # noqa: PLC0415 - the one that is meant is loaded

        there.show(entity, memory, depth=depth, limit=min(limit, 200), project=project, json=json)
    else:
        from clients.cli.here import graph as here  # noqa: PLC0415 - as above

        here.show(found, entity, memory, depth=depth, limit=min(limit, 200), json=json)
