"""Brings what a session taught to what is left of it, once some of its messages were left behind, or go on again."""

from collections.abc import Iterable
from uuid import UUID

from contextfs.domain.memories.model import NewMemory
from contextfs.domain.memories.view import view
from contextfs.journeys.consolidate.behind import Taught, is_learned, proving, settled, taught
from contextfs.local.base.memories import as_json, revisions_of
from contextfs.local.reviews.consolidating import revise_all, states_for
from contextfs.local.sessions.rows import SQL
from contextfs.local.store import LEARNER, LocalStore


def settle(store: LocalStore, session_id: UUID, lessons: Iterable[NewMemory]) -> list[UUID]:
    """Retire what nothing proves any more, and give back what something does, inside a transaction.

    Gives the memories that changed; their files are due then. Where no message was ever read in another way, nothing is
    looked at.
    """
    named = {"session_id": str(session_id)}
    if store.base.one(SQL["was_revised"], named) is None:
        return []
    now_taught = taught(lessons)
    found = [UUID(row["id"]) for row in store.base.all(SQL["proven_by"], named)]
    return [changed for one in found for changed in _settled(store, one, now_taught)]


def _settled(store: LocalStore, memory_id: UUID, now_taught: Taught) -> list[UUID]:
    if not is_learned(view(revisions_of(store.base, memory_id)), LEARNER):
        return []
    states = states_for(store, memory_id, memory_id)
    proofs = as_json(list(proving(states[memory_id])))
    behind = {row["id"] for row in store.base.all(SQL["left_behind"], {"ids": proofs})}
    return revise_all(store, settled(memory_id, states, now_taught, behind, store.now()), author=LEARNER)
