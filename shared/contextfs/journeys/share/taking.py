"""Take in revisions: what may be stored becomes memories, in a few statements however many there are."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from contextfs.domain.feed.model import Refused, SentRevision
from contextfs.domain.memories import bulk
from contextfs.domain.memories.bulk import HeldMemory
from contextfs.domain.memories.clock import Clock, capped
from contextfs.domain.memories.revisions import Fields, Revision, union
from contextfs.domain.memories.rules import acceptable
from contextfs.domain.memories.view import View, view
from contextfs.journeys.capture.clean import Cleaner, cleaner
from contextfs.journeys.share.telling import tell_memory
from contextfs.kit.call import Call
from contextfs.kit.errors import ContextFSError, Invalid

_ELSEWHERE = "a memory of this id is in another project, or is not yours to change"
_NOT_THEIRS = "only its author can make a memory private"
_HOLDS_ONE = "it holds a secret: take it out, and push again"


class _Taken(NamedTuple):
    """A revision that may be stored, by its place in the push; `moved` if its clock was."""

    place: int
    revision: Revision
    moved: bool


class _Memory(NamedTuple):
    """A memory before and after: what was sent of it, whose it is, all that is known of it."""

    sent: Sequence[_Taken]
    author_id: UUID
    before: View | None
    known: tuple[Revision, ...]
    after: View


def take(call: Call, project_id: UUID, sent: Sequence[SentRevision], refused: list[Refused]) -> tuple[int, int]:
    """Store revisions, and add to `refused`; gives how many were new, and how many were there."""
    taken: dict[UUID, list[_Taken]] = defaultdict(list)
    cleaning = cleaner(call, project_id)
    suspect = _suspects(cleaning, sent)
    for index, one in enumerate(sent):
        try:
            taken[one.memory_id].append(_checked(call, index, one, cleaning if index in suspect else None))
        except ContextFSError as error:
            refused.append(Refused(kind="revision", index=index, reason=_told(error)))
    memories = {memory_id: _memory(call, some, None) for memory_id, some in taken.items() if some}
    held = _hold(call, project_id, memories)
    for memory_id, reason in [*_not_ours(call, memories, held)]:
        refused += [Refused(kind="revision", index=one.place, reason=reason) for one in memories.pop(memory_id).sent]
    if not memories:
        return 0, 0
    revisions = {memory_id: [one.revision for one in memory.sent] for memory_id, memory in memories.items()}
    added = bulk.add_revisions(call.tx, call.principal.org_id, project_id, revisions, call.now)
    changed = [memories[memory_id].after for memory_id in added if memories[memory_id].before]
    bulk.show(call.tx, changed, call.now)
    for memory_id in revisions:
        if memory_id in added:
            _tell(call, project_id, memories[memory_id], added[memory_id])
    fresh = sum(len(some) for some in added.values())
    return fresh, sum(len(some) for some in revisions.values()) - fresh


def _suspects(cleaning: Cleaner, sent: Sequence[SentRevision]) -> set[int]:
    """Give the places of the revisions that may hold a secret: their texts are looked through in one pass."""
    texts = [(place, text) for place, one in enumerate(sent) for text in _texts(one.fields)]
    found = cleaning.suspects([text for _, text in texts])
    return {texts[one][0] for one in found} | {place for place, one in enumerate(sent) if one.fields.metadata}


def _texts(fields: Fields) -> Iterator[str]:
    return filter(None, (fields.title, *fields.bodies))


def _checked(call: Call, place: int, one: SentRevision, cleaning: Cleaner | None) -> _Taken:
    """Make the revision; Invalid for what no memory may hold, or, where it is looked for, for a secret in it."""
    fields = acceptable(one.fields)
    if cleaning is not None:
        _refuse_secrets(cleaning, fields)
    told = Clock.parse(one.clock)
    believed = capped(told, call.now)
    clock = one.clock if believed == told else str(believed)
    made = Revision(memory_id=one.memory_id, parents=tuple(one.parents), fields=fields, author=one.author, clock=clock)
    _ = made.id
    return _Taken(place, made, moved=clock != one.clock)


def _refuse_secrets(cleaning: Cleaner, fields: Fields) -> None:
    found = cleaning.found
    for text in _texts(fields):
        cleaning.text(text)
    if fields.metadata:
        cleaning.json(fields.metadata)
    if cleaning.found > found:
        raise Invalid(_HOLDS_ONE)


def _memory(call: Call, sent: Sequence[_Taken], held: HeldMemory | None) -> _Memory:
    revisions = [one.revision for one in sent]
    if held is None:
        known = union(revisions, ())
        return _Memory(sent, call.principal.reader_id, None, known, view(known))
    known = union(held.revisions, revisions)
    return _Memory(sent, held.author_id, view(held.revisions), known, view(known))


def _hold(call: Call, project_id: UUID, memories: dict[UUID, _Memory]) -> frozenset[UUID]:
    """Hold the memories that are there, and begin the others; gives the ids of all that are held then."""
    held = bulk.hold(call.tx, project_id, memories) if memories else {}
    new = {memory_id: memory.after for memory_id, memory in memories.items() if memory_id not in held}
    born = bulk.insert(call.tx, call.principal, project_id, new, call.now)
    if late := new.keys() - born:
        held |= bulk.hold(call.tx, project_id, late)
    for memory_id, one in held.items():
        memories[memory_id] = _memory(call, memories[memory_id].sent, one)
    return born | held.keys()


def _not_ours(call: Call, memories: Mapping[UUID, _Memory], held: frozenset[UUID]) -> Iterator[tuple[UUID, str]]:
    """Name the memories that the caller may not bring to where they would be, each with the reason."""
    for memory_id, memory in memories.items():
        if memory_id not in held:
            yield memory_id, _ELSEWHERE
        elif memory.after.fields.visibility == "private" and memory.author_id != call.principal.reader_id:
            yield memory_id, _NOT_THEIRS


def _tell(call: Call, project_id: UUID, memory: _Memory, added: frozenset[str]) -> None:
    """Tell what happened to a memory. Who sent a clock that was moved is told as well, to have the same clock."""
    fresh = union((one.revision for one in memory.sent if one.revision.id in added), ())
    origin = call.origin
    if any(one.moved for one in memory.sent):
        call.origin = None
    tell_memory(
        call, project_id, memory.author_id, before=memory.before, after=memory.after, fresh=fresh, known=memory.known
    )
    call.origin = origin
    after = memory.after
    call.emit(_event(memory.before, after), after.memory_id, project_id, type=after.fields.type)


def _event(before: View | None, after: View) -> str:
    if after.deleted:
        return "memory.deleted"
    return "memory.created" if before is None or before.deleted else "memory.updated"


def _told(error: ContextFSError) -> str:
    return f"{error.detail.rstrip('.')} ({error.where})" if error.where else error.detail
