"""Brings what a session taught to what is left of it, once some of its messages were left behind, or go on again."""

from collections.abc import Iterable
from uuid import UUID

from contextfs.domain.memories.model import NewMemory
from contextfs.domain.memories.rules import LEARNER
from contextfs.domain.memories.view import view
from contextfs.journeys.consolidate.behind import affected, is_learned, proving, settled, taught
from contextfs.local.base.memories import as_json, revisions_of
from contextfs.local.reviews.consolidating import retired_for, revise_all
from contextfs.local.sessions.rows import SQL
from contextfs.local.store import LocalStore


def settle(store: LocalStore, session_id: UUID, lessons: Iterable[NewMemory]) -> list[UUID]:
    """Retire what nothing proves any more, and give back what something does, inside a transaction.

    Gives the memories that changed; their files are due then. Where no message was ever left behind, nothing is looked
    at.
    """
    base, named = store.base, {"session_id": str(session_id)}
    if base.one(SQL["ever_left_behind"], named) is None:
        return []
    found = [UUID(row["id"]) for row in base.all(SQL["proven_by"], named)]
    if not found:
        return []
    others = retired_for(store)
    names = affected(found, lambda some: {name for one in some for name in others.get(str(one), ())})
    known = {name: revisions_of(base, name) for name in names}
    states = {name: view(revisions).fields for name, revisions in known.items()}
    learned = {name for name, revisions in known.items() if is_learned(states[name], revisions, LEARNER)}
    rows = base.all(SQL["left_behind"], {"messages": as_json(list(proving(states.values())))})
    behind = {(row["session_id"], row["id"]) for row in rows}
    return revise_all(store, settled(states, learned, taught(lessons), behind, store.now()), author=LEARNER)
