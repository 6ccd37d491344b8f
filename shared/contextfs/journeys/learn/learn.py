"""Learn: from a completed session to memories, each with the messages that it was learned from."""

from uuid import UUID

from contextfs.domain.memories import store as memories
from contextfs.domain.memories.model import Memory, NewMemory
from contextfs.domain.memories.store import MemoryFilter
from contextfs.domain.sessions import store as sessions
from contextfs.domain.sessions.model import Session
from contextfs.journeys.learn.lessons import EPISODE, EPISODE_TAG, is_episode, lessons, retold
from contextfs.journeys.remember.memories import add, change
from contextfs.kit.call import Call
from contextfs.kit.errors import NotFound


def learn(call: Call, session_id: UUID) -> int:
    """Extract memories from a session; gives how many were stored. A session that is gone teaches nothing.

    What is known already gains a proof. A session that has grown since has its episode told anew.
    """
    try:
        session = sessions.get(call.tx, session_id)
    except NotFound:
        return 0
    messages = sessions.all_messages(call.tx, session_id)
    return sum(_remember(call, session, lesson) for lesson in lessons(session, messages))


def _remember(call: Call, session: Session, lesson: NewMemory) -> int:
    told = _episode(call, session) if is_episode(lesson) else None
    if told is None:
        return add(call, lesson).receipt.stored
    return change(call, told.id, retold(lesson)).receipt.stored


def _episode(call: Call, session: Session) -> Memory | None:
    """Find the episode that was told of this session before."""
    wanted = MemoryFilter(
        project_id=session.project_id, session_id=session.id, type=EPISODE, tags=[EPISODE_TAG], superseded=True
    )
    found = memories.page(call.tx, wanted, now=call.now, limit=1, cursor=None).items
    return found[0] if found else None
