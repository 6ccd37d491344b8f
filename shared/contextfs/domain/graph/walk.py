"""The walk: from what a question names and what search found to what else speaks of the same, two memories deep.

A bounded spreading activation (Collins, Loftus 1975) over mentions and stated edges. What begins has a strength from 0
to 1. It passes from a memory to the entities that it mentions, by how much it is about them, and from an entity to the
memories that mention it, divided by 1 + ln(how many they are): what everything mentions leads nowhere. A memory's
strength is 1 - (1 - a)(1 - b)… over all entities that lead to it, and it never strengthens itself. Each strength is
explained by the paths that it came by. Pure, and the same in whatever order links come.
"""

from collections.abc import Iterable, Mapping
from heapq import nlargest
from math import log
from typing import NamedTuple

from contextfs.domain.graph.merging import merged, standing
from contextfs.domain.graph.model import Link, Reached, Step

STATED = 0.7
"""What passes along an edge that a memory states between two entities."""

SUCCEEDED = 0.8
"""What passes from a memory that was overtaken to the one that stands for it."""

SECOND = 0.5
"""What passes on from a memory that was itself only reached."""

_PATHS = 3
_FAINTEST = 0.001


class _Way(NamedTuple):
    """How strongly a node is reached, by which path, and the memory that it began from, if it was one."""

    strength: float
    path: tuple[Step, ...]

    @property
    def nodes(self) -> tuple[str, ...]:
        return tuple(step.node for step in self.path)


_Ways = dict[str, list[_Way]]


def walk(seeds: Mapping[str, float], links: Iterable[Link]) -> dict[str, Reached]:
    """Give the memories that seeds lead to, by node.

    `seeds` are strengths by node: entities that a question names, memories that search found.
    """
    return web(links).walk(seeds)


def web(links: Iterable[Link]) -> "Web":
    """Make of links what can be walked over again and again."""
    given = list(links)
    stands = standing(given)
    return Web(sorted(merged(given, stands), key=_order), stands)


class Web:
    """Links by both of their ends."""

    def __init__(self, links: list[Link], stands: Mapping[str, str]) -> None:
        self._mentioned: dict[str, list[Link]] = {}
        self._mentioning: dict[str, list[Link]] = {}
        self._said: dict[str, list[tuple[Link, str]]] = {}
        self._succeeded: dict[str, list[Link]] = {}
        self._names = {one.target: one.name for one in links if one.relation == "mentions"}
        for one in links:
            if one.relation == "mentions":
                self._mentioned.setdefault(one.source, []).append(one)
                self._mentioning.setdefault(one.target, []).append(one)
            elif one.relation == "supersedes":
                self._succeeded.setdefault(one.target, []).append(one)
            elif one.relation != "derived_from":
                self._said.setdefault(one.source, []).append((one, one.target))
                self._said.setdefault(one.target, []).append((one, one.source))
        self._stands = stands

    def walk(self, seeds: Mapping[str, float]) -> dict[str, Reached]:
        """Give the memories that seeds lead to, by node."""
        began = self._begun(seeds)
        entities = _joined(began, self._entities(began), self._stated(began))
        first = _joined(self._memories(entities), self._successors(began))
        fainter = {node: [way._replace(strength=way.strength * SECOND) for way in ways] for node, ways in first.items()}
        further = {node: ways for node, ways in self._entities(fainter).items() if node not in entities}
        second = {node: ways for node, ways in self._memories(further).items() if node not in first}
        return {
            node: _reached(ways)
            for node, ways in sorted((_joined(first, second)).items())
            if node.startswith("memory:") and ways
        }

    def _begun(self, seeds: Mapping[str, float]) -> _Ways:
        ways: _Ways = {}
        for seed, strength in sorted(seeds.items()):
            node = self._stands.get(seed, seed)
            by = "found" if node.startswith("memory:") else "named"
            ways.setdefault(node, []).append(_Way(min(1.0, strength), (self._step(node, by),)))
        return ways

    def _entities(self, ways: _Ways) -> _Ways:
        """Pass from memories to what they mention."""
        return _passed(
            (one.target, way, one.weight, self._step(one.target, "mentions"))
            for node, some in ways.items()
            for one in self._mentioned.get(node, ())
            for way in some
        )

    def _memories(self, ways: _Ways) -> _Ways:
        """Pass from entities to the memories that mention them."""
        return _passed(
            (one.source, way, one.weight / (1 + log(max(1, one.total))), self._step(one.source, "mentions"))
            for node, some in ways.items()
            for one in self._mentioning.get(node, ())
            for way in some
        )

    def _stated(self, ways: _Ways) -> _Ways:
        """Pass along what memories state between entities, and between them and what they fix or decide."""
        return _passed(
            (other, way, STATED, self._step(other, one.relation))
            for node, some in ways.items()
            for one, other in self._said.get(node, ())
            for way in some
            if not node.startswith("memory:") and not other.startswith("memory:")
        )

    def _successors(self, ways: _Ways) -> _Ways:
        """Pass from what was overtaken to what stands for it."""
        return _passed(
            (one.source, way, SUCCEEDED, self._step(one.source, "supersedes"))
            for node, some in ways.items()
            for one in self._succeeded.get(node, ())
            for way in some
        )

    def _step(self, node: str, by: str) -> Step:
        return Step(node=node, name=self._names.get(node, ""), by=by)  # pyright: ignore[reportArgumentType]


def _passed(steps: Iterable[tuple[str, _Way, float, Step]]) -> _Ways:
    """Take steps; none goes back to where its path has been."""
    ways: _Ways = {}
    for node, way, share, step in steps:
        strength = way.strength * share
        if strength >= _FAINTEST and node not in way.nodes:
            ways.setdefault(node, []).append(_Way(strength, (*way.path, step)))
    return {node: _best(some) for node, some in ways.items()}


def _best(ways: Iterable[_Way]) -> list[_Way]:
    """Keep the strongest ways, of those that come by the same last node but one only the strongest."""
    by_last: dict[str, _Way] = {}
    for way in sorted(ways, key=lambda one: (-one.strength, one.nodes)):
        by_last.setdefault(way.path[-2].node if len(way.path) > 1 else "", way)
    return list(by_last.values())[:8]


def _joined(*some: _Ways) -> _Ways:
    joined: _Ways = {}
    for ways in some:
        for node, them in ways.items():
            joined.setdefault(node, []).extend(them)
    return joined


def _reached(ways: list[_Way]) -> Reached:
    rest = 1.0
    for way in sorted(ways, key=lambda one: one.strength):
        rest *= 1 - way.strength
    best = nlargest(_PATHS, ways, key=lambda way: (way.strength, [-len(way.path)], way.nodes))
    return Reached(strength=1 - rest, paths=tuple(way.path for way in best))


def _order(link: Link) -> tuple[str, str, str, str]:
    return link.memory, link.source, link.relation, link.target
