"""How a part of the graph is shown: nodes by their distance, each with the edges that lead back."""

from clients.cli.shown import output
from contextfs.domain.graph.model import Neighbourhood, Node, ShownEdge

_LONGEST = 100
_SAID = {
    "mentions": "mentions",
    "co_occurs": "together with",
    "fixes": "fixes",
    "decided_for": "decided for",
    "uses": "uses",
    "depends_on": "depends on",
    "replaces": "replaces",
    "supersedes": "supersedes",
    "derived_from": "from",
}


def show(found: Neighbourhood) -> None:
    """Print a page."""
    names = {one.id: _name(one) for one in found.nodes}
    for node in found.nodes:
        told = f"  {output.dim(output.counted(node.memories, 'memory', 'memories'))}" if node.memories else ""
        output.say(f"{'  ' * node.distance}{output.bold(node.kind)}  {names[node.id]}{told}")
    stated = [one for one in found.edges if one.relation not in {"mentions", "co_occurs"}]
    for edge in [*stated, *_strongest(found.edges)]:
        if edge.source in names and edge.target in names:
            output.say(f"  {names[edge.source]}  {output.dim(_SAID[edge.relation])}  {names[edge.target]}")
    if not found.nodes:
        output.say("No memory mentions anything that has a name of its own yet.")
    if found.next_cursor or found.truncated:
        output.note("There is more: a larger --limit shows more of it, --json has all edges.")


def _strongest(edges: list[ShownEdge]) -> list[ShownEdge]:
    together = [one for one in edges if one.relation == "co_occurs"]
    return sorted(together, key=lambda one: (-one.weight, one.source, one.target))[:10]


def _name(node: Node) -> str:
    short = node.id.rpartition("-")[2] if node.kind in {"memory", "session"} else ""
    name = output.one_line(node.name or short, _LONGEST)
    return f"{name} ({short})" if short and node.name else name
