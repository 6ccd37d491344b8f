"""Remove a session for good, with what it alone taught if that is wanted."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from contextfs.domain.memories.rules import LEARNER
from contextfs.domain.memories.view import View, view
from contextfs.local.base.memories import SQL as MEMORIES
from contextfs.local.base.memories import forget, revisions_of
from contextfs.local.folder import stepping
from contextfs.local.search.forgetting import forget_session
from contextfs.local.sessions import arriving
from contextfs.local.sessions.removed.known import remember
from contextfs.local.sessions.rows import SQL
from contextfs.local.sessions.store import LocalSessions
from contextfs.local.store import LocalStore


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """What was removed: a session with its messages, and so many memories that it alone taught."""

    session_id: UUID
    messages: int
    memories: int


def remove(sessions: LocalSessions, session_id: UUID, *, memories: bool) -> Removed:
    """Take a session out, and note that it is not to come back; NotFound when there is none.

    A memory that a server was sent is deleted by a revision, which tells it to; any other one is taken out whole.
    """
    store = sessions.store
    store.actor()
    with store.base.transaction():
        session = sessions.get(session_id)
        remember(store.base, session, store.now())
        gone = _taken_out(store, session_id, memories=memories)
    stepping.finish(store.base, store.place, gone)
    store.base.compact()  # until then it would still stand in pages that nothing uses
    return Removed(session_id=session_id, messages=session.message_count, memories=len(gone))


def take_out(store: LocalStore, session_id: UUID) -> list[UUID]:
    """Take a session out whose words stand in another one, in the transaction that is open; it is not to stay away.

    Gives the memories that it alone taught: they are gone with it, and their files are due.
    """
    return _taken_out(store, session_id, memories=True)


def _taken_out(store: LocalStore, session_id: UUID, *, memories: bool) -> list[UUID]:
    gone = taught_alone(store, session_id) if memories else ()
    for seen in gone:
        _delete(store, seen)
    store.base.run(SQL["accept"], {"id": str(session_id)})
    forget_session(store.base, session_id)
    arriving.forget(store.base, session_id)
    return [seen.memory_id for seen in gone]


def _delete(store: LocalStore, seen: View) -> None:
    if store.base.one(MEMORIES["is_sent"], {"memory_id": str(seen.memory_id)}) is not None:
        store.revise(seen.memory_id, msgspec.structs.replace(seen.fields, deleted=True))
        return
    forget(store.base, seen.memory_id)
    stepping.intend(store.base, store.place, [seen.memory_id])


def taught_alone(store: LocalStore, session_id: UUID) -> Sequence[View]:
    """Give the memories that were learned from a session and nothing else, and that no person changed since."""
    named = {"session_id": str(session_id)}
    rows = [
        row for private in (True, False) for row in store.base.all(SQL["learned_from"], named | {"private": private})
    ]
    found = [view(revisions_of(store.base, UUID(row["id"]))) for row in rows]
    return [one for one in found if one.updated_by == LEARNER and _sources(one) == {str(session_id)}]


def _sources(seen: View) -> set[str | None]:
    return {one.get("session_id") for one in seen.fields.provenance}
