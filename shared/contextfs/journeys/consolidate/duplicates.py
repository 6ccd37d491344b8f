"""Duplicates: memories of the same readers that say the same; the most trusted, then the first said, stays.

Leaders in the order of their rank gather what says the same as they do. A memory that was gathered leads nobody, so
doing it again finds nothing, and the order in which memories come makes no difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from contextfs.domain.search.alike.likeness import Gist, alike, bands, gist, shared
from contextfs.journeys.consolidate.model import Known, Plan, Proposal

SAME = "It says the same."
BY_HAND = "It says the same, and a person wrote both."
NEAR = "It says nearly the same."
MEANS = "It means nearly the same."

Closeness = Mapping[tuple[UUID, UUID], float]
"""The cosine of two memories' vectors, for the pairs (smaller id first) that are close; empty without vectors."""

_MOST_LEADERS = 200


class _Leader(NamedTuple):
    rank: int
    known: Known
    gist: Gist


class _Leaders:
    """The leaders so far, found by the bands that they share with a text."""

    def __init__(self) -> None:
        self._by_band: dict[tuple[int, ...], list[_Leader]] = defaultdict(list)

    def near(self, text: Gist) -> list[_Leader]:
        """Give the leaders that may be like a text, by rank."""
        found = {one.rank: one for band in bands(text) for one in self._by_band[band][:_MOST_LEADERS]}
        return [found[rank] for rank in sorted(found)]

    def add(self, leader: _Leader) -> None:
        """Let a memory lead."""
        for band in bands(leader.gist):
            self._by_band[band].append(leader)


def duplicates(memories: Iterable[Known], close: Closeness) -> Plan:
    """Find what says the same: sure for what was learned, open for what a person wrote and for what is only near."""
    groups: dict[tuple[str, ...], list[Known]] = defaultdict(list)
    for one in memories:
        groups[*one.border, one.fields.type].append(one)
    sure: list[Proposal] = []
    maybe: list[Proposal] = []
    for key in sorted(groups):
        for is_sure, proposal in _gathered(sorted(groups[key], key=rank), close):
            (sure if is_sure else maybe).append(proposal)
    return Plan(sure=tuple(sure), open=tuple(maybe))


def rank(one: Known) -> tuple[bool, bool, int, float, UUID]:
    """Order memories by which of two that say the same stays."""
    return (not one.fields.pinned, not one.written, -one.trust, one.said_at.timestamp(), one.id)


def are_apart(one: Known, other: Known) -> bool:
    """Tell whether two were kept apart before."""
    return other.id in one.apart or one.id in other.apart


def _gathered(ordered: list[Known], close: Closeness) -> Iterator[tuple[bool, Proposal]]:
    leaders = _Leaders()
    beside = _beside(close, {one.id: number for number, one in enumerate(ordered)})
    led: dict[int, _Leader] = {}
    for number, one in enumerate(ordered):
        mine = _Leader(number, one, gist(one.fields.content))
        found = [it for it in leaders.near(mine.gist) if not are_apart(one, it.known)]
        same = next((it for it in found if alike(mine.gist, it.gist) == "same"), None)
        is_sure = same is not None and not (one.written or one.fields.pinned)
        if same is not None:
            yield is_sure, _proposal(one, same, SAME if is_sure else BY_HAND)
        elif (near := _nearest(mine, found, [led[it] for it in beside.get(number, ()) if it in led])) is not None:
            yield False, _proposal(one, near, NEAR if alike(mine.gist, near.gist) else MEANS)
        if not is_sure:
            leaders.add(mine)
            led[number] = mine


def _nearest(mine: _Leader, found: list[_Leader], close: list[_Leader]) -> _Leader | None:
    """Give the leader that says most nearly the same, or else one that means it and differs in nothing firm."""
    near = [it for it in found if alike(mine.gist, it.gist) == "near"]
    if near:
        return max(near, key=lambda it: (shared(mine.gist, it.gist), -it.rank))
    meant = [it for it in close if it.gist.firm == mine.gist.firm and not are_apart(mine.known, it.known)]
    return min(meant, key=lambda it: it.rank, default=None)


def _beside(close: Closeness, places: Mapping[UUID, int]) -> Mapping[int, list[int]]:
    """Turn pairs of ids into places of the ordered memories, each with those before it."""
    found: dict[int, list[int]] = defaultdict(list)
    for one, other in close:
        if one in places and other in places:
            first, second = sorted((places[one], places[other]))
            found[second].append(first)
    return found


def _proposal(one: Known, leader: _Leader, reason: str) -> Proposal:
    return Proposal(kind="duplicate", memory_id=one.id, other_id=leader.known.id, reason=reason)
