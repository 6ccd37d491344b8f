"""Add, change, delete and look back at memories; each write is a revision and answers a receipt."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID

import msgspec

from contextfs.domain.memories import past, store
from contextfs.domain.memories.canonical import canonical
from contextfs.domain.memories.clock import Clock, capped, tick
from contextfs.domain.memories.model import Memory, MemoryChange, MemoryWritten, NewMemory
from contextfs.domain.memories.past import Past
from contextfs.domain.memories.revisions import Fields, Revision, first, union
from contextfs.domain.memories.rules import changed, dated, fields_of, removed, shown, told_type
from contextfs.domain.memories.store import MemoryFilter, fits
from contextfs.domain.memories.view import View, view
from contextfs.domain.memories.view import change as revised
from contextfs.domain.redaction import store as redaction
from contextfs.domain.sessions import store as sessions
from contextfs.journeys.capture.clean import Cleaner, cleaner, policy_by
from contextfs.journeys.consolidate.retire import brought_back, renewed, said_again, vouched
from contextfs.journeys.share.telling import tell_memory
from contextfs.kit.call import Call, Services
from contextfs.kit.errors import NotFound
from contextfs.kit.page import Page, Position, cut, decode
from contextfs.kit.ports import Statement
from contextfs.kit.receipt import Receipt
from contextfs.kit.redaction_rule import UNCHOSEN, Choice

_PAST = "memories of the past"
_SEARCHABLE = ("searchable",)
_ABSENT = "There is no such memory, or it is not yours to see."


class Draft(NamedTuple):
    """A memory to add, cleaned as is known to be chosen or as most have it, with what looks for the same one."""

    is_known: bool
    cleaned: NewMemory
    redacted: int
    fields: Fields
    looking: Statement


class Coming(NamedTuple):
    """A memory that was sent to be stored: what waits for the one that says the same, and how it is stored else."""

    draft: Draft
    same: Callable[[], Memory | None]
    memory: Memory
    seen: View
    revision: Revision


def drafted(services: Services, new: NewMemory, known: Choice | None = None) -> Draft:
    """Make a draft of a memory to add; it is stored where nothing else was chosen than is `known`, or nothing."""
    cleaning = Cleaner(policy_by(services, known or UNCHOSEN))
    cleaned = cleaning.fields(new, texts=("content", "title"), values=("metadata",))
    fields = fields_of(cleaned)
    looking = store.looking(new.project_id, fields, is_typed=new.type is not msgspec.UNSET)
    return Draft(known is not None, cleaned, cleaning.found, fields, looking)


def add(call: Call, new: NewMemory, draft: Draft | None = None) -> MemoryWritten:
    """Add a memory; what says the same in the same project is given back instead of stored twice.

    A draft is sent to be stored before it is known whether it may be: where it may not, the database stores nothing.
    """
    asked = redaction.ask(call.tx, new.project_id)
    _check_session(call, new)
    coming = None if draft is None else _sent(call, new, draft)
    project_id, choice = asked()
    call.services.unchosen.saw(call.principal.org_id, project_id, choice)
    if coming is None or choice != UNCHOSEN:
        coming = _sent(call, new, drafted(call.services, new, choice))
    known = coming.same()
    if known is not None:
        return _proven(call, known, coming.draft.cleaned, coming.draft.redacted)
    memory, revision = coming.memory, coming.revision
    tell_memory(
        call, memory.project_id, memory.author_id, before=None, after=coming.seen, fresh=[revision], known=[revision]
    )
    call.emit("memory.created", memory.id, memory.project_id, type=memory.type)
    call.note(type=told_type(memory.type))
    return _written(call, memory, stored=1, redacted=coming.draft.redacted, pending=_SEARCHABLE)


def _sent(call: Call, new: NewMemory, draft: Draft) -> Coming:
    """Look for the same memory, and send the new one, with its first revision, to be stored behind that."""
    same = store.look(call.tx, draft.looking)
    memory_id = new.id or call.new_id()
    revision = first(memory_id, draft.fields, author=call.principal.actor, clock=str(tick(None, call.now)))
    seen = view((revision,))
    memory = shown(
        seen,
        project_id=new.project_id,
        author_id=call.principal.reader_id,
        author_kind=new.author_kind,
        session_id=_session_of(new),
        created_at=call.now,
        updated_at=call.now,
    )
    org_id = call.principal.org_id
    call.tx.soon(*store.adding(org_id, memory, is_known=draft.is_known, view=seen, revision=revision, now=call.now))
    return Coming(draft, same, memory, seen, revision)


def _session_of(new: NewMemory) -> UUID | None:
    """Give the session that a memory was learned from."""
    return next((source.session_id for source in new.provenance if source.session_id), None)


def _check_session(call: Call, new: NewMemory) -> None:
    """Stop with NotFound unless what a memory was learned from is a session of the project that the caller sees.

    The database's own check of the reference passes by row-level security, and would tell that a foreign one exists.
    """
    session_id = _session_of(new)
    if session_id is not None and sessions.get(call.tx, session_id).project_id != new.project_id:
        raise NotFound("There is no such session, or it is not yours to see.")


def _proven(call: Call, same: Memory, new: NewMemory, redacted: int) -> MemoryWritten:
    """Give a memory that was there back; where the new one comes from elsewhere, it gains that proof.

    One that held no longer, and is added by hand once more, holds anew. One that was learned is theirs then as well.
    """
    call.note(subject=same.id, project_id=same.project_id, duplicate=True)
    known = {canonical(proof) for proof in same.provenance}
    proofs = tuple(msgspec.to_builtins(proof) for proof in new.provenance)
    memory = same
    by_hand = () if proofs else vouched(same.metadata, same.provenance)
    is_over = not proofs and dated(same, call.now).overtaken
    if by_hand or is_over or any(canonical(proof) not in known for proof in proofs):
        held = store.hold(call.tx, same.id)
        seen = view(held.revisions)
        now = said_again(seen.fields, new.valid_from) if proofs else renewed(seen.fields, fields_of(new), call.now)
        if by_hand:
            proofs = vouched(now.metadata, now.provenance)
        fields = msgspec.structs.replace(now, provenance=(*now.provenance, *proofs))
        memory = _write(call, held, seen, fields) or same
    return _written(call, memory, duplicates=1, redacted=redacted)


def change(call: Call, memory_id: UUID, wanted: MemoryChange) -> MemoryWritten:
    """Change a memory by a new revision; NotFound when it is deleted."""
    held = store.hold(call.tx, memory_id)
    seen = view(held.revisions)
    if seen.deleted:
        raise NotFound(_ABSENT)
    call.require_version(seen.version)
    cleaning = cleaner(call, held.project_id)
    cleaned = cleaning.fields(wanted, texts=("content", "title"), values=("metadata",))
    return _brought(call, held, seen, changed(seen.fields, cleaned), redacted=cleaning.found)


def delete(call: Call, memory_id: UUID) -> None:
    """Delete a memory by a revision that says so: it is found no more, its history stays."""
    held = store.hold(call.tx, memory_id)
    seen = view(held.revisions)
    if seen.deleted:
        raise NotFound(_ABSENT)
    call.require_version(seen.version)
    revision = revised(
        seen, removed(seen.fields), author=call.principal.actor, clock=_next_clock(held.revisions, call.now)
    )
    if revision is not None:
        _add(call, held, seen, revision)
    call.emit("memory.deleted", memory_id, held.project_id)


def restore(call: Call, memory_id: UUID) -> MemoryWritten:
    """Bring a deleted memory back as it was, by a revision that says so; nothing is stored when it is there."""
    held = store.hold(call.tx, memory_id)
    seen = view(held.revisions)
    call.require_version(seen.version)
    return _brought(call, held, seen, brought_back(seen.fields), redacted=0)


def revise(call: Call, memory_id: UUID, fields: Fields) -> bool:
    """Bring a memory, deleted or not, to a state by a revision; False when that is how it stands."""
    held = store.hold(call.tx, memory_id)
    seen = view(held.revisions)
    revision = revised(seen, fields, author=call.principal.actor, clock=_next_clock(held.revisions, call.now))
    if revision is None:
        return False
    _add(call, held, seen, revision)
    if fields.deleted and not seen.deleted:
        call.emit("memory.deleted", memory_id, held.project_id)
    else:
        call.emit("memory.updated", memory_id, held.project_id)
    return True


def recall(call: Call, memory_id: UUID, as_of: datetime | None) -> Memory:
    """Read a memory as it is, or as it was known at a time."""
    if as_of is None or as_of >= call.now:
        return dated(store.get(call.tx, memory_id), call.now)
    known = past.known(call.tx, Past(as_of=as_of, reader=call.principal.reader_id, id=memory_id))
    memory = next(known, None)
    if memory is None:
        raise NotFound("There was no such memory at that time, or it is not yours to see.")
    return memory


def listed(call: Call, wanted: MemoryFilter, as_of: datetime | None, *, limit: int, cursor: str | None) -> Page[Memory]:
    """Read a page of memories as they are, or as they were known at a time, newest first."""
    if as_of is None or as_of >= call.now:
        return store.page(call.tx, wanted, now=call.now, limit=limit, cursor=cursor)
    if wanted.deleted:
        return Page(items=[])  # what was known then had not been deleted
    reach = Past(
        as_of=as_of,
        reader=call.principal.reader_id,
        projects=[wanted.project_id] if wanted.project_id else None,
        author=wanted.author,
        session_id=wanted.session_id,
    )
    after = decode(cursor, _PAST)
    fitting = (one for one in past.known(call.tx, reach, after) if fits(one, wanted))
    return cut(list(islice(fitting, limit + 1)), limit, lambda one: Position(one.created_at, one.id), _PAST)


def _brought(call: Call, held: store.Held, seen: View, fields: Fields, *, redacted: int) -> MemoryWritten:
    """Bring a memory to a state, and answer with what became of it."""
    call.note(subject=seen.memory_id, project_id=held.project_id)
    memory = _write(call, held, seen, fields)
    if memory is None:
        memory = store.get(call.tx, seen.memory_id)
        return _written(call, memory, duplicates=1, redacted=redacted)
    return _written(call, memory, stored=1, redacted=redacted, pending=_SEARCHABLE)


def _write(call: Call, held: store.Held, seen: View, fields: Fields) -> Memory | None:
    """Add the revision that leads from a view to a state; None when that is how it stands."""
    revision = revised(seen, fields, author=call.principal.actor, clock=_next_clock(held.revisions, call.now))
    if revision is None:
        return None
    after = _add(call, held, seen, revision)
    call.emit("memory.updated", seen.memory_id, held.project_id)
    return shown(
        after,
        project_id=held.project_id,
        author_id=held.author_id,
        author_kind=held.author_kind,
        session_id=held.session_id,
        created_at=held.created_at,
        updated_at=call.now,
    )


def _add(call: Call, held: store.Held, seen: View, revision: Revision) -> View:
    """Add a revision, bring the row to the new view, and tell the feed."""
    known = union(held.revisions, (revision,))
    after = view(known)
    store.add_revision(call.tx, call.principal.org_id, held, revision, view=after, now=call.now)
    tell_memory(call, held.project_id, held.author_id, before=seen, after=after, fresh=[revision], known=known)
    return after


def _next_clock(revisions: tuple[Revision, ...], now: datetime) -> str:
    latest = max(Clock.parse(revision.clock) for revision in revisions)
    return str(tick(capped(latest, now), now))


def _written(
    call: Call,
    memory: Memory,
    *,
    stored: int = 0,
    duplicates: int = 0,
    redacted: int = 0,
    pending: tuple[str, ...] = (),
) -> MemoryWritten:
    receipt = Receipt(stored=stored, stored_at=call.now, duplicates=duplicates, redacted=redacted, pending=pending)
    return MemoryWritten(memory=dated(memory, call.now), receipt=receipt)
