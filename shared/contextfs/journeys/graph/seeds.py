"""Where a walk begins: what a question names, and what search found best."""

from collections.abc import Collection, Iterable, Sequence

from contextfs.domain.graph.aliases import key_of
from contextfs.domain.graph.entities import entities
from contextfs.domain.graph.lexicon import PLAIN
from contextfs.domain.graph.model import Link

FOUND = 8
"""Memories that search found, from which a walk begins."""

DISTINCT = 4 * FOUND
"""Hits among which what says the same counts once, before those are chosen: as many whatever is shown."""

REACHED = 60
"""Memories that the walk adds to what search found, at the most."""

_SHORTEST, _MOST = 3, 64


def keys_of(question: str) -> list[str]:
    """Give what may name an entity: the nodes of those that a question names, and its words as keys.

    People write in lower case what a text writes otherwise.
    """
    nodes = [one.entity for one in entities(question) if one.whole is None]
    words = (key_of("name", word.strip("?!.,;:\"'`()[]{}")) for word in question.split())
    return list(dict.fromkeys([*nodes, *(word for word in words if len(word) >= _SHORTEST and word not in PLAIN)]))[
        :_MOST
    ]


def seeds_of(keys: Collection[str], best: Sequence[tuple[str, float]], links: Iterable[Link]) -> dict[str, float]:
    """Give nodes to begin from with their strengths: 1 of an entity that is named, its relevance of what was found."""
    wanted = frozenset(keys)
    named = {
        one.target
        for one in links
        if one.relation == "mentions" and (one.target in wanted or one.target.partition(":")[2] in wanted)
    }
    return dict.fromkeys(sorted(named), 1.0) | dict(best[:FOUND])
