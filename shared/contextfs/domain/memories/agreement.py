"""Revisions that say the same without knowing of each other are one: people who agree are in no conflict.

A file that travels by git carries a state without its history, so the machine that reads it makes a revision of its
own of it. When the history follows by the server, the two stand for one state: who builds on one has seen what the
other says. Without this rule, each state that came by git would later compete with whatever replaced it.
"""

from collections.abc import Sequence
from itertools import combinations, groupby
from typing import NamedTuple

from contextfs.domain.memories.canonical import canonical
from contextfs.domain.memories.revisions import Fields, Revision, said_by


class Node(NamedTuple):
    """One state in the story of a memory: the revision that said it first, and the places of the nodes it was made of.

    `members` are the ids of all revisions that say it.
    """

    revision: Revision
    parents: tuple[int, ...]
    members: tuple[str, ...]


def agreed(story: Sequence[Revision]) -> list[Node]:
    """Bring revisions, parents first, to nodes, parents first: equal states that do not stand on each other are one.

    Where a state could be one with several others that stand on each other, the smaller ids decide, so the result
    depends on the set alone.
    """
    place = {revision.id: number for number, revision in enumerate(story)}
    one = list(range(len(story)))
    for left, right in _alike(story):
        above = _above(story, place, one)
        here, there = one[left], one[right]
        if here != there and not above[here] >> there & 1 and not above[there] >> here & 1:
            one = [here if number == there else number for number in one]
    return _nodes(story, place, one)


def _alike(story: Sequence[Revision]) -> list[tuple[int, int]]:
    """List the pairs of revisions that say the same, sorted by their ids."""
    rough = sorted(range(len(story)), key=lambda number: _rough(story[number]))
    pairs: list[tuple[int, int]] = []
    for _, found in groupby(rough, key=lambda number: _rough(story[number])):
        some = sorted(found, key=lambda number: story[number].id)
        if len(some) > 1:
            exact = {number: _exact(story[number].fields) for number in some}
            pairs += [(left, right) for left, right in combinations(some, 2) if exact[left] == exact[right]]
    return sorted(pairs, key=lambda pair: (story[pair[0]].id, story[pair[1]].id))


def _rough(revision: Revision) -> tuple[list[str], str, bool, tuple[str, ...]]:
    fields = revision.fields
    return (sorted(fields.bodies), fields.title or "", fields.deleted, fields.tags)


def _exact(fields: Fields) -> str:
    """Spell a state, in whichever order it shows the texts of a conflict."""
    return canonical(said_by(fields) | {"content": sorted(fields.bodies), "alternatives": None})


def _above(story: Sequence[Revision], place: dict[str, int], one: Sequence[int]) -> list[int]:
    """Give what each node stands on, as bits."""
    above = [0] * len(story)
    order = _order(story, place, one)
    for node, parents in order:
        for parent in parents:
            above[node] |= above[parent] | 1 << parent
    return above


def _order(story: Sequence[Revision], place: dict[str, int], one: Sequence[int]) -> list[tuple[int, list[int]]]:
    """List nodes with their parents, parents first."""
    parents: dict[int, list[int]] = {}
    for number, revision in enumerate(story):
        held = parents.setdefault(one[number], [])
        held += [above for name in revision.parents if name in place and (above := one[place[name]]) not in held]
    ordered: dict[int, list[int]] = {}
    waiting = list(reversed(parents))
    while waiting:
        node = waiting[-1]
        missing = [parent for parent in parents[node] if parent not in ordered]
        if missing and node not in ordered:
            waiting += missing
            continue
        ordered.setdefault(node, parents[node])
        waiting.pop()
    return list(ordered.items())


def _nodes(story: Sequence[Revision], place: dict[str, int], one: Sequence[int]) -> list[Node]:
    members: dict[int, list[Revision]] = {}
    for number, revision in enumerate(story):
        members.setdefault(one[number], []).append(revision)
    nodes: list[Node] = []
    at: dict[int, int] = {}
    for node, parents in _order(story, place, one):
        at[node] = len(nodes)
        said = members[node]
        begun = min(said, key=lambda revision: (revision.clock, revision.id))
        nodes.append(Node(begun, tuple(at[parent] for parent in parents), tuple(sorted(one.id for one in said))))
    return nodes
