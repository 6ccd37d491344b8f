"""Retiring a memory, and taking that back: each is a change of its state, so that nothing is lost.

The mark `retired` in its metadata says what for. One that says the same as another is deleted, and hands over its
proofs; one that was overtaken is valid to when the other began to be; one that nobody asks for is deleted. Taking it
back gives exactly what was.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

import msgspec

from contextfs.domain.memories.canonical import canonical
from contextfs.domain.memories.revisions import Fields
from contextfs.domain.memories.rules import LEARNED_BY, is_retired
from contextfs.journeys.consolidate.model import Kind, Proposal
from contextfs.kit.overtaken import RETIRED, overtaken

APART = "apart"

_MOST_PROOFS = 100
_BY_HAND = {"source": "added by hand"}


class Mark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"kind": "as", "other_id": "for"}):
    """Why a memory is retired: as what, for which other, the proofs that it gave that one, and what `valid_to` was."""

    kind: Kind
    other_id: UUID | None = None
    gave: tuple[str, ...] = ()
    was: datetime | None = None

    def proposal(self, memory_id: UUID) -> Proposal:
        """Give the proposal that was followed."""
        return Proposal(kind=self.kind, memory_id=memory_id, other_id=self.other_id, reason="")


def mark_of(fields: Fields) -> Mark | None:
    """Read the mark of a memory; None where it is not retired, or the mark is none of ours.

    Whoever edits a memory without knowing that it is being retired keeps it; the mark stays beside their edit, and
    says nothing any more. The next change takes it away.
    """
    mark = mark_in(fields.metadata)
    return mark if mark is not None and is_retired(fields, mark.kind) else None


def mark_in(metadata: Mapping[str, Any]) -> Mark | None:
    """Read the mark in a memory's metadata."""
    try:
        return msgspec.convert(metadata.get(RETIRED), Mark, strict=False)
    except msgspec.ValidationError:
        return None


def followed(proposal: Proposal, states: Mapping[UUID, Fields], now: datetime) -> dict[UUID, Fields]:
    """Give the states that memories have once a proposal is followed.

    `states` are those of the memory, of the other one, and of all that are retired for that one.
    """
    memory, other_id = states[proposal.memory_id], proposal.other_id
    other = states[other_id] if other_id is not None else None
    gone = retired(memory, proposal, other, _retired_for(other_id, states), now)
    changed = {proposal.memory_id: gone}
    if proposal.kind == "duplicate" and other is not None and other_id is not None:
        changed[other_id] = proven(other, gone)
    return changed


def taken_back(memory_id: UUID, states: Mapping[UUID, Fields]) -> dict[UUID, Fields]:
    """Give the states that memories have once a retirement is taken back; `states` are as for `followed`."""
    memory, mark = states[memory_id], mark_of(states[memory_id])
    changed = {memory_id: restored(memory)}
    other_id = mark.other_id if mark is not None and mark.kind == "duplicate" else None
    if other_id is not None and other_id in states:
        others = _retired_for(other_id, {name: one for name, one in states.items() if name != memory_id})
        changed[other_id] = unproven(states[other_id], memory, others)
    return changed


def retired(
    memory: Fields, proposal: Proposal, other: Fields | None, others: Iterable[Fields], now: datetime
) -> Fields:
    """Give the state of a memory that is retired for another one; `others` are those that were retired for it before.

    What was overtaken ends when the other began to be valid, and else now.
    """
    mark = Mark(kind=proposal.kind, other_id=proposal.other_id)
    if proposal.kind == "duplicate" and other is not None:
        mark = msgspec.structs.replace(mark, gave=_given(memory, other, others))
    if proposal.kind == "contradiction":
        since = other.valid_from if other is not None and other.valid_from else now
        mark = msgspec.structs.replace(mark, was=memory.valid_to)
        return _marked(memory, mark, valid_to=max(since, memory.valid_from or since))
    return _marked(memory, mark, deleted=True)


def proven(survivor: Fields, memory: Fields) -> Fields:
    """Give the survivor's state with the proofs that a retired memory gave it."""
    mark = mark_of(memory)
    given = [one for one in memory.provenance if mark is not None and _name(one) in mark.gave]
    return msgspec.structs.replace(survivor, provenance=(*survivor.provenance, *given))


def restored(memory: Fields) -> Fields:
    """Give the state that a memory had before it was retired; what was changed of it since stays changed."""
    mark = mark_of(memory)
    if mark is None:
        return memory
    metadata = {name: value for name, value in memory.metadata.items() if name != RETIRED}
    if mark.kind == "contradiction":
        return msgspec.structs.replace(memory, metadata=metadata, valid_to=mark.was)
    return msgspec.structs.replace(memory, metadata=metadata, deleted=False)


def unproven(survivor: Fields, memory: Fields, others: Iterable[Fields]) -> Fields:
    """Give the survivor's state without the proofs that a retired memory alone gave it."""
    mark = mark_of(memory)
    taken = set(mark.gave if mark else ()) - _gifts(others)
    left = tuple(one for one in survivor.provenance if _name(one) not in taken)
    return msgspec.structs.replace(survivor, provenance=left)


def is_left_behind(memory: Fields) -> bool:
    """Tell whether a memory is retired because all that proved it was left behind, and nobody brought it back."""
    mark = mark_of(memory)
    return memory.deleted and mark is not None and mark.kind == "left_behind"


def brought_back(memory: Fields) -> Fields:
    """Give the state of a deleted memory that somebody wants back as it was."""
    return restored(memory) if is_left_behind(memory) else msgspec.structs.replace(memory, deleted=False)


def vouched(metadata: Mapping[str, Any], provenance: Iterable[Any]) -> tuple[dict[str, Any], ...]:
    """Give the proof that a learned memory lacks once somebody adds it by hand, too: no message takes that back."""
    if LEARNED_BY not in metadata or canonical(_BY_HAND) in map(canonical, provenance):
        return ()
    return (dict(_BY_HAND),)


def kept_apart(memory: Fields, other_id: UUID | None) -> Fields:
    """Give the state of a memory that a person wants to keep beside another one, or for its own sake."""
    held = memory.metadata.get(APART)
    names = {str(one) for one in cast("list[Any]", held)} if isinstance(held, list) else set[str]()
    return msgspec.structs.replace(
        memory, metadata=memory.metadata | {APART: sorted({*names, str(other_id or "stale")})}
    )


def apart(fields: Fields) -> frozenset[UUID]:
    """Read from which memories a person keeps one apart."""
    held = fields.metadata.get(APART)
    found: set[UUID] = set()
    for one in cast("list[Any]", held) if isinstance(held, list) else ():
        try:
            found.add(UUID(str(one)))
        except ValueError:
            continue
    return frozenset(found)


def is_kept(fields: Fields) -> bool:
    """Tell whether a person wants a memory kept, though nobody asks for it."""
    held = fields.metadata.get(APART)
    return isinstance(held, list) and "stale" in held


def said_again(memory: Fields, since: datetime | None) -> Fields:
    """Give the state of a memory that was overtaken, and is said once more after that: it is valid anew."""
    mark = mark_of(memory)
    if mark is None or mark.kind != "contradiction" or since is None or memory.valid_to is None:
        return memory
    if since <= memory.valid_to:
        return memory
    return msgspec.structs.replace(restored(memory), valid_from=since.astimezone(UTC))


def renewed(memory: Fields, said: Fields, now: datetime) -> Fields:
    """Give the state of a memory that held no longer, and that somebody adds once more: it holds anew, from now on."""
    if overtaken(valid_to=memory.valid_to, expires_at=memory.expires_at, metadata=memory.metadata, at=now) is None:
        return memory
    return msgspec.structs.replace(
        restored(memory), valid_from=said.valid_from or now, valid_to=said.valid_to, expires_at=said.expires_at
    )


def _retired_for(other_id: UUID | None, states: Mapping[UUID, Fields]) -> list[Fields]:
    return [one for one in states.values() if (mark := mark_of(one)) is not None and mark.other_id == other_id]


def _given(memory: Fields, survivor: Fields, others: Iterable[Fields]) -> tuple[str, ...]:
    """Name the proofs that the survivor has by others alone, or not at all: these it would lose with this memory."""
    given = _gifts(others)
    present = {_name(one) for one in survivor.provenance}
    room = max(0, _MOST_PROOFS - len(present))
    names = [_name(one) for one in memory.provenance]
    fresh = [name for name in names if name not in present][:room]
    return tuple(sorted({*fresh, *(name for name in names if name in given)}))


def _gifts(others: Iterable[Fields]) -> set[str]:
    return {name for one in others if (mark := mark_of(one)) is not None for name in mark.gave}


def _marked(memory: Fields, mark: Mark, **changes: Any) -> Fields:
    metadata = memory.metadata | {RETIRED: msgspec.to_builtins(mark, str_keys=True)}
    return msgspec.structs.replace(memory, metadata=metadata, **changes)


def _name(proof: dict[str, Any]) -> str:
    return sha256(canonical(proof).encode()).hexdigest()[:12]
