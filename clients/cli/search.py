"""`ctx search`: what is known about something."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from clients.cli import options, output
from clients.cli.command import Argument, Option
from clients.cli.there import server
from contextfs.client import SearchHit, SearchReply
from contextfs.domain.search.fusion import Explanation

_LONGEST_SNIPPET = 300


class Mode(StrEnum):
    """How things are compared."""

    hybrid = "hybrid"
    semantic = "semantic"


def search(
    query: Annotated[str, Argument(help="What to look for, in your own words.")],
    type: options.Type = None,  # noqa: A002 - the option's name
    tag: options.Tags = None,
    since: options.Since = None,
    tool: Annotated[str | None, Option("--tool", help="Only from this tool's conversations.")] = None,
    branch: Annotated[str | None, Option("--branch", help="Only from this git branch.")] = None,
    project: options.Project = None,
    limit: options.Limit = 10,
    mode: Annotated[Mode, Option("--mode", help="By meaning and words, or by meaning alone.")] = Mode.hybrid,
    explain: Annotated[bool, Option("--explain", help="Tell how each score came about.")] = False,
    json: options.Json = False,
) -> None:
    """Find memories and messages, best first: by their meaning and by their words, in every project you can see."""
    after = options.since(since, datetime.now(UTC))
    with server.opened() as client:
        ask = client.search.semantic if mode is Mode.semantic else client.search.hybrid
        reply = ask(
            query,
            project_ids=server.project_ids(client, project),
            types=[type] if type else None,
            tags=tag or None,
            tools=[tool] if tool else None,
            branch=branch,
            since=after,
            limit=min(limit, 100),
            explain=explain,
        )
    if json:
        output.say_json(reply)
    else:
        _print(reply)


def _print(reply: SearchReply) -> None:
    for rank, hit in enumerate(reply.hits, start=1):
        _print_hit(rank, hit)
    if not reply.hits:
        output.say("Nothing was found.")
    for leg in reply.degraded:
        output.say(f"degraded: {leg}")


def _print_hit(rank: int, hit: SearchHit) -> None:
    where = f"session {output.short(hit.session_id)}" if hit.session_id else f"memory {output.short(hit.id)}"
    facets = [output.bold(hit.type), where, output.day(hit.occurred_at)]
    facets += [f"#{tag}" for tag in hit.tags]
    facets += [f"{output.counted(hit.copies, 'more copy', 'more copies')}"] if hit.copies else []
    output.say(f"{rank:>2}. {hit.relevance:.2f}  {'  '.join(facets)}")
    output.say(f"    {output.one_line(hit.snippet, _LONGEST_SNIPPET)}")
    output.say(f"    {output.dim(output.one_line(hit.context, 120))}")
    if hit.explanation is not None:
        output.say(f"    {output.dim(_why(hit.score, hit.explanation))}")


def _why(score: float, why: Explanation) -> str:
    """Tell how a score came about: each leg's rank, raw score and 0..1 reading, then what broke ties."""
    legs = [
        _leg("words", why.lexical_rank, why.lexical_score, why.lexical),
        _leg("meaning", why.semantic_rank, why.semantic_score, why.semantic),
    ]
    rest = f"fresh {why.freshness:.2f}, trust {why.trust:.2f}{', pinned' if why.pinned else ''}"
    return f"why: score {score:.3f} = {' + '.join(legs)}; {rest}"


def _leg(name: str, rank: int | None, raw: float | None, reading: float | None) -> str:
    if rank is None or raw is None or reading is None:
        return f"{name} -"
    return f"{name} {reading:.2f} (rank {rank}, {raw:.2f})"
