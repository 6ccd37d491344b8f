"""What sessions taught, once some of what was said in them was left behind: pure, on a laptop and on a server alike.

A memory is retired when all that proves it was left behind, and what was overtaken by it holds again. It is given back
when one of its proofs goes on. Only what was learned by itself is: what a person wrote or changed since stays.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from contextfs.domain.memories.model import NewMemory
from contextfs.domain.memories.revisions import Fields
from contextfs.domain.memories.rules import fields_of, fingerprint
from contextfs.domain.memories.view import View
from contextfs.journeys.consolidate.model import Kind, Proposal
from contextfs.journeys.consolidate.retire import mark_of, restored, retired
from contextfs.journeys.learn.lessons import EPISODE_TAG

_KIND: Final[Kind] = "left_behind"
_LEARNED: Final = "learned_by"

Proofs = tuple[dict[str, Any], ...]
Taught = Mapping[str, Proofs]
"""What proves each thing that a session teaches now, by what it says."""


def taught(lessons: Iterable[NewMemory]) -> Taught:
    """Give what proves each of a session's lessons."""
    states = map(fields_of, lessons)
    return {_name(fields): fields.provenance for fields in states}


def is_learned(memory: View, learner: str) -> bool:
    """Tell whether a memory was learned by itself, and nobody else has changed it since."""
    return _LEARNED in memory.fields.metadata and memory.updated_by == learner


def proving(memory: Fields) -> Iterator[str]:
    """Give the ids of the messages that prove a memory."""
    return (str(name) for proof in memory.provenance for name in proof.get("message_ids", ()))


def settled(
    memory_id: UUID, states: Mapping[UUID, Fields], now_taught: Taught, behind: Collection[str], now: datetime
) -> dict[UUID, Fields]:
    """Give the states that memories have once it is known which messages were left behind.

    `states` are those of the memory and of all that are retired for it. Where its session teaches it by other messages
    now, these prove it in the place of those that were left `behind`.
    """
    memory, mark = states[memory_id], mark_of(states[memory_id])
    if memory.deleted if mark is None else mark.kind != _KIND:
        return {}
    memory = _proven(memory, now_taught.get(_name(memory), ()), behind)
    if not memory.provenance or not all(_is_behind(proof, behind) for proof in memory.provenance):
        return {memory_id: restored(memory)}
    if mark is not None:
        return {memory_id: memory}
    proposal = Proposal(kind=_KIND, memory_id=memory_id, other_id=None, reason="")
    freed = {name: restored(one) for name, one in states.items() if _is_overtaken_by(memory_id, one)}
    return {memory_id: retired(memory, proposal, None, (), now), **freed}


def _proven(memory: Fields, again: Proofs, behind: Collection[str]) -> Fields:
    sessions = {proof.get("session_id") for proof in again}
    kept = [
        proof for proof in memory.provenance if proof.get("session_id") not in sessions or not _is_behind(proof, behind)
    ]
    if len(kept) == len(memory.provenance):
        return memory
    return msgspec.structs.replace(memory, provenance=(*kept, *again))


def _is_behind(proof: Mapping[str, Any], behind: Collection[str]) -> bool:
    names = proof.get("message_ids")
    return bool(names) and all(str(name) in behind for name in names or ())


def _is_overtaken_by(memory_id: UUID, other: Fields) -> bool:
    mark = mark_of(other)
    return mark is not None and mark.kind == "contradiction" and mark.other_id == memory_id


def _name(fields: Fields) -> str:
    """Name what a memory says; the account of a session says something else each time."""
    return EPISODE_TAG if EPISODE_TAG in fields.tags else fingerprint(fields.type, fields.content)
