"""What sessions taught, once some of what was said in them was left behind: pure, on a laptop and on a server alike.

A memory is retired when all that proves it was left behind, and given back when one of its proofs goes on. What was
overtaken by it holds again, where that is proven. Only what was learned by itself is retired: what a person wrote,
changed, added or decided about stays.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from contextfs.domain.memories.model import NewMemory
from contextfs.domain.memories.revisions import Fields, Revision
from contextfs.domain.memories.rules import LEARNED_BY, fields_of, fingerprint
from contextfs.journeys.consolidate.model import Kind, Proposal
from contextfs.journeys.consolidate.retire import is_left_behind, mark_of, restored, retired
from contextfs.journeys.learn.lessons import EPISODE_TAG

_KIND: Final[Kind] = "left_behind"

Proofs = tuple[dict[str, Any], ...]
Said = tuple[str, str]
"""A message: the id of its session, and its own."""

Taught = Mapping[str, Proofs]
"""What proves each thing that a session teaches now, by what it says."""


def taught(lessons: Iterable[NewMemory]) -> Taught:
    """Give what proves each of a session's lessons."""
    states = map(fields_of, lessons)
    return {_name(fields): fields.provenance for fields in states}


def is_learned(memory: Fields, revisions: Iterable[Revision], learner: str) -> bool:
    """Tell whether a memory was learned by itself, and nobody else ever changed it."""
    return LEARNED_BY in memory.metadata and all(one.author == learner for one in revisions)


def proving(states: Iterable[Fields]) -> Iterator[Said]:
    """Give the messages that prove memories."""
    return (said for memory in states for proof in memory.provenance for said in _messages(proof))


def affected(found: Iterable[UUID], retired_for: Callable[[Collection[UUID]], Iterable[UUID]]) -> set[UUID]:
    """Give memories with all that are retired for them, and for those."""
    met: set[UUID] = set()
    fresh = set(found)
    while fresh:
        met |= fresh
        fresh = set(retired_for(fresh)) - met
    return met


def settled(
    states: Mapping[UUID, Fields],
    learned: Collection[UUID],
    now_taught: Taught,
    behind: Collection[Said],
    now: datetime,
) -> dict[UUID, Fields]:
    """Give the states that memories come to once it is known which messages were left behind; no others.

    `states` are those of all memories that are `affected`, `learned` those of them that were learned by themselves.
    Where their session teaches them by other messages now, these prove them in the place of those that were left
    `behind`. The order of the memories makes no difference.
    """
    after = {name: _proven(one, now_taught, behind) if name in learned else one for name, one in states.items()}
    standing = _standing(after, learned, behind)
    for name in learned:
        after[name] = _judged(name, after[name], standing, now)
    while freed := _overtaken(after):
        for name in freed:
            one = restored(after[name])
            after[name] = _judged(name, one, standing, now) if name in learned else one
    return {name: after[name] for name in sorted(after) if after[name] != states[name]}


def _proven(memory: Fields, now_taught: Taught, behind: Collection[Said]) -> Fields:
    again = now_taught.get(_name(memory), ())
    sessions = {proof.get("session_id") for proof in again}
    kept = [
        proof for proof in memory.provenance if proof.get("session_id") not in sessions or not _is_behind(proof, behind)
    ]
    if len(kept) == len(memory.provenance):
        return memory
    return msgspec.structs.replace(memory, provenance=(*kept, *again))


def _standing(states: Mapping[UUID, Fields], learned: Collection[UUID], behind: Collection[Said]) -> set[UUID]:
    """Give the memories that something proves, or somebody: also by what says the same and was retired for them."""
    standing = {
        name
        for name, one in states.items()
        if name not in learned or not one.provenance or not all(_is_behind(proof, behind) for proof in one.provenance)
    }
    others = _others(states, "duplicate")
    while more := {other for name, other in others.items() if name in standing} - standing:
        standing |= more
    return standing


def _judged(name: UUID, memory: Fields, standing: Collection[UUID], now: datetime) -> Fields:
    if is_left_behind(memory):
        return restored(memory) if name in standing else memory
    if name in standing or memory.deleted or mark_of(memory) is not None:
        return memory
    return retired(memory, Proposal(kind=_KIND, memory_id=name, other_id=None, reason=""), None, (), now)


def _overtaken(states: Mapping[UUID, Fields]) -> list[UUID]:
    """Give the memories that were overtaken by one that was left behind, or by what says the same as one."""
    gone = {name for name, one in states.items() if is_left_behind(one)}
    same = _others(states, "duplicate")
    while more := {name for name, other in same.items() if other in gone} - gone:
        gone |= more
    return [name for name, other in _others(states, "contradiction").items() if other in gone]


def _others(states: Mapping[UUID, Fields], kind: Kind) -> dict[UUID, UUID]:
    marks = {name: mark_of(one) for name, one in states.items()}
    return {
        name: mark.other_id
        for name, mark in marks.items()
        if mark is not None and mark.kind == kind and mark.other_id is not None
    }


def _is_behind(proof: Mapping[str, Any], behind: Collection[Said]) -> bool:
    messages = _messages(proof)
    return bool(messages) and all(one in behind for one in messages)


def _messages(proof: Mapping[str, Any]) -> list[Said]:
    """Give the messages that a proof names; where it names no session, nobody can tell whose they are."""
    session_id = proof.get("session_id")
    return [(str(session_id), str(one)) for one in proof.get("message_ids") or ()] if session_id else []


def _name(fields: Fields) -> str:
    """Name what a memory says; the account of a session says something else each time."""
    return EPISODE_TAG if EPISODE_TAG in fields.tags else fingerprint(fields.type, fields.content)
