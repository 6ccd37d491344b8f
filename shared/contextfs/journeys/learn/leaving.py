"""Brings what a session taught to what is left of it, once some of its messages were left behind, or go on again."""

from collections.abc import Iterable
from uuid import UUID

from contextfs.domain.memories import bulk, retiring
from contextfs.domain.memories import store as memories
from contextfs.domain.memories.model import NewMemory
from contextfs.domain.memories.view import view
from contextfs.domain.sessions import store as sessions
from contextfs.domain.sessions.model import Session
from contextfs.journeys.consolidate.behind import Taught, is_learned, proving, settled, taught
from contextfs.journeys.remember.memories import revise
from contextfs.kit.call import Call

LEARNER = "platform"
"""Who learns and consolidates, as revisions name the author."""


def settle(call: Call, session: Session, lessons: Iterable[NewMemory]) -> int:
    """Retire what nothing proves any more, and give back what something does; gives how many memories changed.

    Where no message of the session was ever read in another way, nothing is looked at.
    """
    if not sessions.was_revised(call.tx, session.id):
        return 0
    now_taught = taught(lessons)
    found = memories.learned_from(call.tx, session.project_id, session.id)
    return sum(_settle(call, session.project_id, one, now_taught) for one in found)


def _settle(call: Call, project_id: UUID, memory_id: UUID, now_taught: Taught) -> int:
    others = retiring.retired_for(call.tx, project_id, memory_id)
    views = {name: view(one.revisions) for name, one in bulk.hold(call.tx, project_id, [memory_id, *others]).items()}
    if memory_id not in views or not is_learned(views[memory_id], LEARNER):
        return 0
    states = {name: one.fields for name, one in views.items()}
    behind = sessions.left_behind(call.tx, map(UUID, proving(states[memory_id])))
    changed = settled(memory_id, states, now_taught, behind, call.now)
    return sum(revise(call, name, fields) for name, fields in changed.items())
