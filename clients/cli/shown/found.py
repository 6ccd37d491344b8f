"""How what a search found is shown: each hit with its place, and with why it was found where that is asked."""

from collections.abc import Mapping, Sequence

from clients.cli.shown import output
from contextfs.domain.search.facets import Facet
from contextfs.domain.search.fusion import Explanation
from contextfs.domain.search.model import PathStep, SearchHit, Similar

_LONGEST_SNIPPET = 300
_MOST_NAMED = 3
_LEGS = frozenset({"lexical", "semantic"})


def show(hits: list[SearchHit], *, nothing: str = "Nothing was found.") -> None:
    """Print hits, best first."""
    for rank, hit in enumerate(hits, start=1):
        _show(rank, hit)
    if not hits:
        output.say(nothing)


def count(facets: Mapping[str, Sequence[Facet]] | None) -> None:
    """Print what was found by what it is, where that was asked for."""
    for name, values in (facets or {}).items():
        told = ", ".join(f"{output.one_line(one.value, 60)} {one.count}" for one in values)
        output.say(output.dim(f"{name}: {told}"))


def _show(rank: int, hit: SearchHit) -> None:
    where = f"session {output.short(hit.session_id)}" if hit.session_id else f"memory {output.short(hit.id)}"
    facets = [output.bold(output.printable(hit.type)), where, output.day(hit.occurred_at)]
    facets += [f"#{output.printable(tag)}" for tag in hit.tags]
    facets += [str(hit.overtaken)] if hit.overtaken else []
    facets += ["in conflict: `ctx memory show` has every text"] if hit.conflicted else []
    output.say(f"{rank:>2}. {hit.relevance:.2f}  {'  '.join(facets)}")
    output.say(f"    {output.one_line(hit.snippet, _LONGEST_SNIPPET)}")
    output.say(f"    {output.dim(output.one_line(hit.context, 120))}")
    if hit.similar:
        output.say(f"    {output.dim(_also(hit.similar))}")
    for path in (hit.paths or [])[:1]:
        output.say(f"    {output.dim(output.one_line(f'way: {_way(path)}', 160))}")
    if hit.explanation is not None:
        output.say(f"    {output.dim(_why(hit.score, hit.explanation))}")


def _also(similar: list[Similar]) -> str:
    """Name what says the same."""
    named = ", ".join(f"{one.source} {output.short(one.id)}" for one in similar[:_MOST_NAMED])
    more = len(similar) - _MOST_NAMED
    return f"says the same: {named}{f' and {more} more' if more > 0 else ''}"


def _way(path: list[PathStep]) -> str:
    """Tell by which entities and memories a walk came to a hit."""
    first, *steps = path[:-1]
    names = [one.name or one.node for one in steps]
    begun = f"{first.by} {output.one_line(first.name or first.node, 60)}"
    return " → ".join([begun, *(output.one_line(name, 60) for name in names), "this"])


def _why(score: float, why: Explanation) -> str:
    """Tell how a score came about: each leg's rank, raw score and 0..1 reading, the signals, then what broke ties."""
    legs = [
        _leg("words", why.lexical_rank, why.lexical_score, why.lexical),
        _leg("meaning", why.semantic_rank, why.semantic_score, why.semantic),
    ]
    legs += [f"{name} {value:.2f}" for name, value in why.terms.items() if name not in _LEGS]
    pace = "" if why.half_life is None else f" (halves in {why.half_life:.0f} days)"
    read = "" if why.reranked is None else f"; reranked {why.reranked:.2f}"
    rest = f"fresh {why.freshness:.2f}{pace}, trust {why.trust:.2f}{', pinned' if why.pinned else ''}"
    return f"why: {why.kind}, score {score:.3f} = {' + '.join(legs)}{read}; {rest}"


def _leg(name: str, rank: int | None, raw: float | None, reading: float | None) -> str:
    if rank is None or raw is None or reading is None:
        return f"{name} -"
    return f"{name} {reading:.2f} (rank {rank}, {raw:.2f})"
