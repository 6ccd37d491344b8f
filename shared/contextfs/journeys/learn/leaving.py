"""Brings what a session taught to what is left of it, once some of its messages were left behind, or go on again."""

from collections.abc import Collection, Iterable
from uuid import UUID

from contextfs.domain.memories import bulk, retiring
from contextfs.domain.memories import store as memories
from contextfs.domain.memories.model import NewMemory
from contextfs.domain.memories.view import view
from contextfs.domain.sessions import store as sessions
from contextfs.domain.sessions.model import Session
from contextfs.journeys.consolidate.behind import affected, is_learned, proving, settled, taught
from contextfs.journeys.remember.memories import revise
from contextfs.kit.call import Call

LEARNER = "platform"
"""Who learns and consolidates, as revisions name the author."""


def settle(call: Call, session: Session, lessons: Iterable[NewMemory], *, but: Collection[UUID] = ()) -> int:
    """Retire what nothing proves any more, and give back what something does; gives how many memories changed.

    Where no message of the session was ever left behind, nothing is looked at. All memories are held at once, in the
    order in which others hold many. All `but` these: they are left to the machine that taught them.
    """
    if not sessions.ever_left_behind(call.tx, session.id):
        return 0
    found = memories.learned_from(call.tx, session.project_id, session.id)
    if not found:
        return 0
    names = affected(found, lambda others: retiring.retired_for(call.tx, session.project_id, others))
    held = bulk.hold(call.tx, session.project_id, names)
    states = {name: view(one.revisions).fields for name, one in held.items()}
    learned = {
        name for name, one in held.items() if name not in but and is_learned(states[name], one.revisions, LEARNER)
    }
    behind = sessions.left_behind(call.tx, proving(states.values()))
    changed = settled(states, learned, taught(lessons), behind, call.now)
    return sum(revise(call, name, fields) for name, fields in changed.items())
