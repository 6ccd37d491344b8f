"""Tells which branches of a tree of records were left behind: only those of which that is certain.

A branch is when a fork's later branch, on which the conversation goes on, began after all that is on it. Two who go on
with both at once look like a person who went back and forth: then nobody took anything back.
"""

from collections.abc import Callable, Sequence
from typing import Final

NO_PARENT: Final = -1
_NEVER: Final = float("-inf")


def left_behind(
    parents: Sequence[int],
    is_live: Sequence[int],
    at: Callable[[int], float | None],
    is_sure: Callable[[int], bool] = lambda _: True,
) -> list[int]:
    """Give the places of the records that were left behind, in their order.

    `parents` are the places of each record's parent, or NO_PARENT; `at` tells when a record came, in any unit that
    grows, or None where that is not known; `is_sure` whether the file itself says what a record's parent is.
    """
    heads, sure = _heads(parents, is_live, is_sure)
    latest: dict[int, float] = {}
    for place, head in heads.items():
        told = at(place)
        latest[head] = max(latest.get(head, _NEVER), float("inf") if told is None else told)
    began = dict.fromkeys((parents[head] for head in latest), float("inf"))
    began.pop(NO_PARENT, None)
    forks: set[int] = set()
    for place, parent in enumerate(parents):
        if is_live[place] and parent in began:
            told = at(place) if is_sure(place) else None
            began[parent] = min(began[parent], _NEVER if told is None else told)
            forks.add(parent)
    return [
        place
        for place, head in sorted(heads.items())
        if place in sure and parents[head] in forks and latest[head] < began[parents[head]]
    ]


def _heads(
    parents: Sequence[int], is_live: Sequence[int], is_sure: Callable[[int], bool]
) -> tuple[dict[int, int], set[int]]:
    """Give the first record of the branch of each that is not live, and those that surely hang on it."""
    heads: dict[int, int] = {}
    sure: set[int] = set()
    for place in range(len(parents)):
        if is_live[place]:
            continue
        way = [place]
        seen = {place}
        while way[-1] not in heads:
            parent = parents[way[-1]]
            if parent == NO_PARENT or is_live[parent] or parent in seen:
                break
            way.append(parent)
            seen.add(parent)
        head = heads.get(way[-1], way[-1])
        for one in reversed(way):
            if one not in heads:
                heads[one] = head
                if is_sure(one) and (one == head or parents[one] in sure):
                    sure.add(one)
    return heads, sure
