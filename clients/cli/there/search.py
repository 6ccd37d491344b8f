"""`ctx search` on a server."""

from datetime import UTC, datetime

from clients.cli.line import options
from clients.cli.line.asked import Asked
from clients.cli.line.command import Misused
from clients.cli.shown import found, output
from clients.cli.there import server


def search(asked: Asked, *, project: str | None, json: bool) -> None:
    """Find memories and messages, best first, in every project that the caller can see, or in one."""
    if asked.mode == "lexical":
        raise Misused("--mode lexical is for the store of a folder; a server compares by meaning, or by both")
    author = None if asked.author is None else server.as_id(asked.author)
    if asked.author is not None and author is None:
        raise Misused(
            f"--author: {asked.author!r} is no id, by which a server knows authors; author:me in the query is you"
        )
    after = options.since(asked.since, datetime.now(UTC))
    with server.opened() as client:
        ways = {"semantic": client.search.semantic, "graph": client.search.graph}
        reply = ways.get(asked.mode, client.search.hybrid)(
            asked.query,
            project_ids=server.project_ids(client, project),
            types=[asked.type] if asked.type else None,
            tags=asked.tags,
            author=author,
            tools=[asked.tool] if asked.tool else None,
            branch=asked.branch,
            visibility=asked.visibility,
            sensitivity=asked.sensitivity,
            since=after,
            superseded=asked.superseded,
            as_of=options.as_of(asked.as_of, datetime.now(UTC)),
            limit=asked.limit,
            explain=asked.explain,
            facets=asked.facets,
        )
    if json:
        output.say_json(reply)
        return
    found.show(reply.hits)
    found.count(reply.facets)
    for note in reply.notes:
        output.note(output.printable(note))
    for leg in reply.degraded:
        output.say(f"degraded: {leg}")
