"""What lies around a node: by distance, then by how much is known of it, with the edges between what is shown. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import NamedTuple, cast
from uuid import UUID

import msgspec

from contextfs.domain.graph.aliases import key_of
from contextfs.domain.graph.entities import entities
from contextfs.domain.graph.merging import merged, standing
from contextfs.domain.graph.model import ENTITIES, HUB, EntityKind, Link, Neighbourhood, Node, NodeKind, ShownEdge
from contextfs.kit.page import Position, decode, encode

FARTHEST = 3
"""Edges from the node that was asked for, at the most."""

_LEAST_TOGETHER = 2
_MOST_PROOFS = 20


BUSIEST = 24
"""Entities that a whole project is shown from."""

_LIST = "graph"


class Surroundings(NamedTuple):
    """The nodes around some others, nearest first, and all links between them."""

    nodes: list[Node]
    links: list[Link]


def spellings(text: str) -> list[str]:
    """Give what somebody may mean who writes an entity: its node (`file:a.py`), or a name of it (`a.py`, `Ana's`)."""
    kinds: tuple[EntityKind, ...] = ("name", "file", "symbol", "package", "person")
    named = [one.entity for one in (*entities(text), *entities(f"`{text}`")) if one.whole is None]
    return list(dict.fromkeys([text, *named, *(key_of(kind, text) for kind in kinds)]))


def meant(keys: Collection[str], links: Iterable[Link]) -> str | None:
    """Give the node that is known by one of some keys: of several the one that most memories mention."""
    given = list(links)
    stands = standing(given)
    totals: dict[str, int] = {}
    for one in given:
        if one.relation == "mentions" and (one.target in keys or one.target.partition(":")[2] in keys):
            node = stands.get(one.target, one.target)
            totals[node] = max(totals.get(node, 0), one.total)
    return min(totals, key=lambda node: (-totals[node], node), default=None)


def surroundings(begin: Sequence[str], links: Iterable[Link], *, depth: int) -> Surroundings:
    """Give what lies up to `depth` edges from some nodes."""
    given = list(links)
    found = merged(given, standing(given))
    beside: dict[str, set[str]] = {}
    for one in found:
        beside.setdefault(one.source, set()).add(one.target)
        beside.setdefault(one.target, set()).add(one.source)
    distances = dict.fromkeys(begin, 0)
    edge = set(begin)
    for distance in range(1, depth + 1):
        edge = {other for node in edge for other in beside.get(node, ()) if other not in distances}
        distances |= dict.fromkeys(edge, distance)
    names = {one.target: (one.name, one.total) for one in found if one.relation == "mentions"}
    nodes = [_node(node, distance, names) for node, distance in distances.items()]
    return Surroundings(sorted(nodes, key=lambda one: (one.distance, -(one.memories or 0), one.id)), found)


def is_cut(links: Iterable[Link]) -> bool:
    """Tell whether there was more than is ever looked at."""
    mentions = [one for one in links if one.relation == "mentions"]
    return len({one.target for one in mentions}) >= ENTITIES or any(one.total > HUB for one in mentions)


def begun(cursor: str | None, at: datetime) -> tuple[datetime, int]:
    """Read a cursor: later pages are of the moment of the first one, and go on behind what was shown."""
    after = decode(cursor, _LIST)
    return (after.at, after.id.int) if after else (at, 0)


def page_of(
    around: Surroundings, center: str | None, *, at: datetime, skipped: int, limit: int, truncated: bool
) -> Neighbourhood:
    """Give a page of what lies around: each node once, each edge with the later of its ends."""
    nodes = around.nodes[skipped : skipped + limit]
    shown = {one.id for one in around.nodes[: skipped + limit]}
    more = len(around.nodes) > skipped + limit
    return Neighbourhood(
        center=center,
        nodes=nodes,
        edges=edges_between(shown, {one.id for one in nodes}, around.links),
        truncated=truncated,
        next_cursor=encode(Position(at, UUID(int=skipped + limit)), _LIST) if more else None,
    )


def named(around: Surroundings, titles: Mapping[str, str]) -> Surroundings:
    """Name the memories by their titles (by id); those without one are not to be seen, and left out."""
    nodes = [
        msgspec.structs.replace(one, name=titles[one.id.removeprefix("memory:")]) if one.kind == "memory" else one
        for one in around.nodes
        if one.kind != "memory" or one.id.removeprefix("memory:") in titles
    ]
    return Surroundings(nodes, around.links)


def memories_in(around: Surroundings) -> list[str]:
    """Give the ids of the memories among the nodes."""
    return [one.id.removeprefix("memory:") for one in around.nodes if one.kind == "memory"]


def edges_between(shown: Collection[str], fresh: Collection[str], links: Sequence[Link]) -> list[ShownEdge]:
    """Give the edges between nodes that are shown, of which one end at least is among the fresh ones.

    Two entities that several memories mention together co-occur: the weight tells in how many of them.
    """
    proofs: dict[tuple[str, str, str], list[str]] = {}
    for one in links:
        if one.source in shown and one.target in shown:
            proofs.setdefault((one.source, one.relation, one.target), []).append(one.memory)
    edges = [_edge(key, memories) for key, memories in proofs.items()]
    edges += [
        _edge((left, "co_occurs", right), memories)
        for (left, right), memories in _together(shown, links).items()
        if len(memories) >= _LEAST_TOGETHER
    ]
    return sorted(
        (one for one in edges if one.source in fresh or one.target in fresh),
        key=lambda one: (one.source, one.relation, one.target),
    )


def _together(shown: Collection[str], links: Sequence[Link]) -> dict[tuple[str, str], list[str]]:
    mentioned: dict[str, set[str]] = {}
    for one in links:
        if one.relation == "mentions" and one.target in shown:
            mentioned.setdefault(one.memory, set()).add(one.target)
    together: dict[tuple[str, str], list[str]] = {}
    for memory, targets in sorted(mentioned.items()):
        for pair in combinations(sorted(targets), 2):
            together.setdefault(pair, []).append(memory)
    return together


def _node(node: str, distance: int, names: Mapping[str, tuple[str, int]]) -> Node:
    kind, _, key = node.partition(":")
    is_entity = kind not in {"memory", "session"}
    name, total = names.get(node, (key if is_entity else "", 0))
    return Node(
        id=node, kind=cast("NodeKind", kind), name=name, distance=distance, memories=total if is_entity else None
    )


def _edge(key: tuple[str, str, str], memories: Iterable[str]) -> ShownEdge:
    source, relation, target = key
    counted = Counter(memories)
    return ShownEdge(
        source=source,
        relation=relation,  # pyright: ignore[reportArgumentType] - of a link, or ours
        target=target,
        weight=len(counted),
        memories=sorted(one.removeprefix("memory:") for one in counted)[:_MOST_PROOFS],
    )
