"""Graphs made of texts, for the tests of the walk."""

from collections.abc import Mapping
from uuid import UUID

from contextfs.domain.graph.model import Link
from contextfs.domain.graph.stated import Telling, memory_node, stated


def node(number: int) -> str:
    """Name the memory of a number."""
    return memory_node(UUID(int=number))


def links(texts: Mapping[int, str]) -> list[Link]:
    """Give the links of memories with these texts."""
    found: list[Link] = []
    for number, text in texts.items():
        said = stated(Telling(id=UUID(int=number), type="fact", title="", text=text))
        memory = node(number)
        found += [
            Link(
                memory=memory,
                source=memory,
                relation="mentions",
                target=one.entity,
                name=one.name,
                weight=one.weight,
                whole=one.whole,
            )
            for one in said.mentions
        ]
        found += [
            Link(memory=memory, source=one.source, relation=one.relation, target=one.target) for one in said.edges
        ]
    return found
