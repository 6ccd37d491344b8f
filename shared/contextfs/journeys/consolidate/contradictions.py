"""Contradictions: one slot, two values. What was said later, by a source that is trusted as much or more, holds.

All else is open: a less trusted source, other readers, another type, a slot that may hold several values, or values of
the same moment. Nothing is closed of a memory that was pinned.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from contextfs.journeys.consolidate.duplicates import are_apart
from contextfs.journeys.consolidate.model import Known, Plan, Proposal
from contextfs.journeys.consolidate.slots import slots

OVERTAKEN = "It was said otherwise later."
LESS_TRUSTED = "It was said otherwise later, by a source that is trusted less."
ELSEWHERE = "It was said otherwise later, to other readers or as another type."
AT_ONCE = "It was said otherwise at the same time."
UNSURE = "It may have been said otherwise later."
PINNED = "It was said otherwise later, and is pinned."


class _Value(NamedTuple):
    known: Known
    value: str
    sure: bool


def contradictions(memories: Iterable[Known]) -> Plan:
    """Find what was overtaken; of several reasons the surest counts, and of several later values the next one."""
    held: dict[str, list[_Value]] = defaultdict(list)
    for one in memories:
        for slot in slots(one.fields):
            held[slot.key].append(_Value(one, slot.value, slot.sure))
    found = sorted(
        (judged for values in held.values() for judged in _judged(sorted(values, key=_by_time))),
        key=lambda judged: judged.order,
    )
    sure: dict[object, Proposal] = {}
    for judged in found:
        if judged.reason == OVERTAKEN:
            sure.setdefault(judged.old.id, judged.proposal)
    maybe: dict[object, Proposal] = {}
    for judged in found:
        if judged.old.id not in sure and judged.new.id not in sure:
            maybe.setdefault(judged.old.id, judged.proposal)
    return Plan(sure=tuple(sure.values()), open=tuple(maybe.values()))


class _Judged(NamedTuple):
    old: Known
    new: Known
    reason: str

    @property
    def order(self) -> tuple[object, ...]:
        return (self.old.said_at, self.old.id, self.new.said_at, self.new.id, self.reason)

    @property
    def proposal(self) -> Proposal:
        return Proposal(kind="contradiction", memory_id=self.old.id, other_id=self.new.id, reason=self.reason)


def _judged(values: list[_Value]) -> Iterator[_Judged]:
    for number, old in enumerate(values):
        for new in values[number + 1 :]:
            if old.value != new.value and old.known.id != new.known.id and not are_apart(old.known, new.known):
                yield _Judged(old.known, new.known, _reason(old, new))


def _reason(old: _Value, new: _Value) -> str:
    if old.known.said_at == new.known.said_at:
        return AT_ONCE
    if old.known.border != new.known.border or old.known.fields.type != new.known.fields.type:
        return ELSEWHERE
    if new.known.trust < old.known.trust:
        return LESS_TRUSTED
    if old.known.fields.pinned:
        return PINNED
    return OVERTAKEN if old.sure and new.sure else UNSURE


def _by_time(one: _Value) -> tuple[object, ...]:
    return (one.known.said_at, one.known.id)
