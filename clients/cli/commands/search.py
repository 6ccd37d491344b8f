"""`ctx search`: what is known about something."""

from enum import StrEnum
from typing import Annotated, Literal

from clients.cli import where
from clients.cli.line import options
from clients.cli.line.asked import Asked
from clients.cli.line.command import Argument, Misused, Option
from contextfs.local.place import Place


class Mode(StrEnum):
    """How things are compared."""

    hybrid = "hybrid"
    lexical = "lexical"
    semantic = "semantic"


def search(
    query: Annotated[str, Argument(help="What to look for, in your own words.")],
    type: options.Type = None,  # noqa: A002 - the option's name
    tag: options.Tags = None,
    since: options.Since = None,
    author: Annotated[str | None, Option("--author", help="Only by this author: an e-mail; on a server an id.")] = None,
    tool: Annotated[str | None, Option("--tool", help="Only from this tool's conversations.")] = None,
    branch: Annotated[str | None, Option("--branch", help="Only from this git branch.")] = None,
    visibility: options.Visibilities = None,
    sensitivity: options.Sensitivities = None,
    project: options.Project = None,
    limit: options.Limit = 10,
    mode: Annotated[Mode, Option("--mode", help="By meaning and words, by words only, or by meaning.")] = Mode.hybrid,
    graph: Annotated[bool, Option("--graph", help="Also follow what memories mention; show the path.")] = False,
    superseded: options.Superseded = False,
    as_of: options.AsOf = None,
    explain: Annotated[bool, Option("--explain", help="Show how each score came about.")] = False,
    facets: Annotated[bool, Option("--facets", help="Count what was found, by type, tag, tool, …")] = False,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Find memories and messages by meaning and words: in this store, or on a server in all you can see."""
    asked = Asked(
        query=query,
        type=type,
        tags=tag or None,
        since=since,
        author=author,
        tool=tool,
        branch=branch,
        visibility=[one.value for one in visibility] if visibility else None,
        sensitivity=[one.value for one in sensitivity] if sensitivity else None,
        limit=min(limit, 100),
        mode=_mode(mode, graph=graph),
        superseded=superseded,
        as_of=as_of,
        explain=explain,
        facets=facets,
    )
    _ask(asked, where.here(server or project is not None), project=project, json=json)


def _mode(mode: Mode, *, graph: bool) -> Literal["hybrid", "lexical", "semantic", "graph"]:
    if graph and mode is not Mode.hybrid:
        raise Misused("--graph goes on from what is found by meaning and words: leave --mode out")
    return "graph" if graph else mode.value


def _ask(asked: Asked, found: Place | None, *, project: str | None, json: bool) -> None:
    if found is None:
        from clients.cli.there import search as there  # noqa: PLC0415 - the one that is meant is loaded

        there.search(asked, project=project, json=json)
    else:
        from clients.cli.here import search as here  # noqa: PLC0415 - as above

        here.search(found, asked, json=json)
