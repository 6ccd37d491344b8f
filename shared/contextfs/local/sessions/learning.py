"""Learn from the sessions of a store, by the rules of the server; what is learned is seen by whom its session is.

A memory that was learned from a private session is private: its file lies where git does not look, and it is not
pushed. It follows when its session is shared, unless a person changed it before. Ids follow from what is said, so that
nothing is learned twice, and two machines that learn from the same session learn the same memories.
"""

from collections.abc import Iterator
from uuid import UUID

import msgspec

from contextfs.domain.memories.model import MemoryChange, NewMemory
from contextfs.domain.memories.rules import canonical_type, fingerprint
from contextfs.domain.sessions.model import Session
from contextfs.journeys.learn.lessons import is_episode, lessons, retold
from contextfs.kit.ids import named
from contextfs.local.base.memories import revisions_of
from contextfs.local.config import Level
from contextfs.local.folder import stepping
from contextfs.local.reviews.consolidating import consolidate
from contextfs.local.sessions.behind import settle
from contextfs.local.sessions.rows import SQL
from contextfs.local.sessions.store import LocalSessions


def learn(sessions: LocalSessions, session_id: UUID) -> int:
    """Learn from a closed session what was not learned yet; gives how many memories are new.

    Their files are due then: `finish` writes them.
    """
    base = sessions.store.base
    row = base.one(SQL["session"], {"id": str(session_id)})
    if row is None or row["status"] == "open" or row["learned"] >= row["message_count"]:
        return 0
    session = sessions.shown(row)
    messages = list(sessions.messages(session_id))
    taught = [*_lessons(sessions, session, lessons(session, messages))]
    with base.transaction():
        settle(sessions.store, session_id, taught)
        new = sum(_remember(sessions, lesson) for lesson in taught)
        base.run(SQL["learned"], {"id": str(session_id), "learned": len(messages)})
    return new


def finish(sessions: LocalSessions) -> None:
    """Consolidate what was learned with what is known, and write the files that are due."""
    store = sessions.store
    consolidate(store)
    stepping.finish(store.base, store.place, stepping.pending(store.base, store.place))


def follow(sessions: LocalSessions, session_id: UUID, level: Level) -> int:
    """Show what was learned from a session to whom its session is shown now; gives how many memories that changed.

    A memory that other sessions prove as well stays shared as long as one of them is.
    """
    store, wanted = sessions.store, visibility_of(sessions, level)
    values = {"session_id": str(session_id), "private": wanted != "private"}
    with store.base.transaction():
        found = [UUID(row["id"]) for row in store.base.all(SQL["learned_from"], values)]
        if wanted == "private":
            found = [one for one in found if not _proven_elsewhere(sessions, one, session_id)]
        return sum(store.follow(one, MemoryChange(visibility=wanted)) for one in found)


def visibility_of(sessions: LocalSessions, level: Level) -> Level:
    """Tell who may see what is learned from a session that is for these eyes."""
    return "project" if level == "project" else sessions.sharing.learned


def _lessons(sessions: LocalSessions, session: Session, found: Iterator[NewMemory]) -> Iterator[NewMemory]:
    """Give lessons their ids, and whom they are for."""
    level: Level = "private" if session.visibility == "private" else "project"
    visibility = visibility_of(sessions, level)
    scope = "project" if visibility == "project" else f"private {sessions.store.actor()}"
    for one in found:
        words = (
            ("episode", str(session.id))
            if is_episode(one)
            else ("memory", canonical_type(one.kind), fingerprint(one.kind, one.content))
        )
        yield msgspec.structs.replace(one, id=named(sessions.project_id, scope, *words), visibility=visibility)


def _remember(sessions: LocalSessions, lesson: NewMemory) -> bool:
    store = sessions.store
    if lesson.id is not None and is_episode(lesson) and revisions_of(store.base, lesson.id):
        store.follow(lesson.id, retold(lesson))
        return False
    return store.learn(lesson)


def _proven_elsewhere(sessions: LocalSessions, memory_id: UUID, session_id: UUID) -> bool:
    """Tell whether another session that is shared proves a memory."""
    proofs = {proof.get("session_id") for proof in sessions.store.get(memory_id).provenance} - {str(session_id)}
    rows = [sessions.store.base.one(SQL["session"], {"id": one}) for one in proofs if one]
    return any(row is None or sessions.level(row) != "private" for row in rows)
