"""Brings what a session taught to what is left of it, once some of its messages were left behind, or go on again."""

from collections.abc import Iterable
from typing import Final

from contextfs.domain.memories import bulk, retiring
from contextfs.domain.memories import store as memories
from contextfs.domain.memories.model import NewMemory
from contextfs.domain.memories.rules import LEARNER
from contextfs.domain.memories.view import view
from contextfs.domain.sessions import store as sessions
from contextfs.domain.sessions.model import Session
from contextfs.journeys.consolidate.behind import affected, is_learned, proving, settled, taught
from contextfs.journeys.remember.memories import revise
from contextfs.kit.call import Call

NAMED: Final = 5
"""The version of ids that follow from a name (`kit.ids.named`)."""


def settle(call: Call, session: Session, lessons: Iterable[NewMemory], *, has_machine: bool = False) -> int:
    """Retire what nothing proves any more, and give back what something does; gives how many memories changed.

    Where no message of the session was ever left behind, nothing is looked at. All memories are held at once, in the
    order in which others hold many. Where it `has_machine` that learns from it, all that is named by what it says is
    left to machines: what is said anew in the place of what was left behind may not be here yet.
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
        name
        for name, one in held.items()
        if not (has_machine and name.version == NAMED) and is_learned(states[name], one.revisions, LEARNER)
    }
    behind = sessions.left_behind(call.tx, proving(states.values()))
    changed = settled(states, learned, taught(lessons), behind, call.now)
    return sum(revise(call, name, fields) for name, fields in changed.items())
