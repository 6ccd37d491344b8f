"""`ctx search` in the store of this folder."""

from clients.cli.here import index as at
from clients.cli.line import options
from clients.cli.line.asked import Asked
from clients.cli.shown import found, output
from contextfs.local.place import Place
from contextfs.local.search.model import LocalReply, Wanted


def search(place: Place, asked: Asked, *, json: bool) -> None:
    """Find memories and messages, best first."""
    wanted = Wanted(
        query=asked.query,
        mode=asked.mode,
        types=[asked.type] if asked.type else None,
        tags=asked.tags,
        author=asked.author,
        tools=[asked.tool] if asked.tool else None,
        branch=asked.branch,
        visibility=asked.visibility,
        sensitivity=asked.sensitivity,
        since=options.since(asked.since, at.now()),
        superseded=asked.superseded,
        as_of=options.as_of(asked.as_of, at.now()),
        limit=asked.limit,
        explain=asked.explain,
        facets=asked.facets,
    )
    reply = at.answered(place, lambda index: index.search(wanted))
    if json:
        output.say_json(reply)
    else:
        _print(reply)


def _print(reply: LocalReply) -> None:
    looked = (
        f"{output.counted(reply.memories or 0, 'memory', 'memories')} and "
        f"{output.counted(reply.messages or 0, 'message')}"
    )
    found.show(reply.hits, nothing=f"Nothing was found in {looked}.")
    found.count(reply.facets)
    for note in reply.notes:
        output.note(output.printable(note))
    for leg in reply.degraded:
        output.say(f"degraded: {leg}")
