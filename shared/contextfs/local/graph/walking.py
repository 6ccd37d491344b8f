"""The walk of a search in a local store, from what the question names and the best memories, as on a server."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from contextfs.domain.graph.model import Reached
from contextfs.domain.graph.walk import walk
from contextfs.domain.search.model import PathStep, SearchHit
from contextfs.journeys.graph.seeds import FOUND, REACHED, keys_of, seeds_of
from contextfs.local.base.connection import Base
from contextfs.local.graph.rows import SQL, around, titles
from contextfs.local.search.bounds import UNBOUND, encoded
from contextfs.local.search.candidates import Scope
from contextfs.local.search.find import Asked

MEMORY = "memory:"


def reached(base: Base, asked: Asked, found: Sequence[tuple[str, float]], *, now: datetime) -> dict[str, Reached]:
    """Walk from the best memories that were `found`, nodes with their relevance; gives what it came to, by node."""
    best, keys = found[:FOUND], keys_of(asked.question.text)
    links = around(base, keys=keys, memories=[_id(node) for node, _ in best], at=now)
    return walk(seeds_of(keys, best, links), links)


def passages(base: Base, scope: Scope, came_to: Mapping[str, Reached]) -> tuple[int, ...]:
    """Give the passages of what the walk came to most strongly, as far as they lie within the bounds."""
    best = sorted(came_to, key=lambda node: (-came_to[node].strength, node))[:REACHED]
    values = UNBOUND | (scope.bounds or {}) | {"memories": encoded(list(map(_id, best))), "now": scope.at}
    return tuple(one for (one,) in base.each(SQL["passages"], values))


def with_paths(base: Base, hits: Iterable[SearchHit], came_to: Mapping[str, Reached]) -> list[SearchHit]:
    """Show by which paths the walk came to hits."""
    shown = [(hit, came_to[node].paths if (node := f"{MEMORY}{hit.id}") in came_to else ()) for hit in hits]
    nodes = {step.node for _, paths in shown for path in paths for step in path if step.node.startswith(MEMORY)}
    names = titles(base, sorted(map(_id, nodes)))
    return [
        msgspec.structs.replace(
            hit,
            paths=[
                [PathStep(node=step.node, name=names.get(_id(step.node), "") or step.name, by=step.by) for step in path]
                for path in paths
            ],
        )
        for hit, paths in shown
    ]


def _id(node: str) -> str:
    return node.removeprefix(MEMORY)
