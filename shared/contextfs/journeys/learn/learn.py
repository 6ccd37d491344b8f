"""Learn: from a completed session to memories, each with the messages that it was learned from."""

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from contextfs.domain.memories import store as memories
from contextfs.domain.memories.model import Memory, NewMemory
from contextfs.domain.memories.revisions import Revision
from contextfs.domain.memories.rules import LEARNER, fingerprint
from contextfs.domain.memories.store import MemoryFilter
from contextfs.domain.sessions import store as sessions
from contextfs.domain.sessions.model import Session
from contextfs.journeys.learn.leaving import NAMED, settle
from contextfs.journeys.learn.lessons import EPISODE, EPISODE_TAG, is_episode, lessons, retold
from contextfs.journeys.remember.memories import add, change
from contextfs.kit.call import Call
from contextfs.kit.errors import NotFound

_PAGE: Final = 100


def learn(call: Call, session_id: UUID) -> int:
    """Extract memories from a session; gives how many were stored. A session that is gone teaches nothing.

    What is known already gains a proof. A session that has grown since has its episode told anew.
    """
    try:
        session = sessions.get(call.tx, session_id)
    except NotFound:
        return 0
    found = list(lessons(session, sessions.all_messages(call.tx, session_id)))
    settle(call, session, found)
    return sum(_remember(call, session, lesson) for lesson in found)


def relearn(call: Call, session_id: UUID) -> int:
    """Learn from a closed session that is read in another way now; gives how many memories were stored.

    What it taught or proved before stays as people left it: what they changed or deleted since is not learned again.
    What was taught by messages alone that were left behind is retired.
    Where the machine that sent it has learned from it, whose memories are named by what they say, that machine does so
    again: only what else was learned here, as by a model, is settled here.
    """
    try:
        session = sessions.get(call.tx, session_id)
    except NotFound:
        return 0
    taught = list(_taught(call, session))
    if session.status != "completed":
        return 0
    if any(one.id.version == NAMED for one in taught):
        settle(call, session, (), has_machine=True)
        return 0
    once = _revisions(call, (one.id for one in taught))
    is_left = any(EPISODE_TAG in one.fields.tags and (one.fields.deleted or one.author != LEARNER) for one in once)
    found = list(lessons(session, sessions.all_messages(call.tx, session_id)))
    settle(call, session, found)
    unknown = {_says(one) for one in found if not is_episode(one)} - _said(once)
    if unknown:  # also what another session taught, and this one proved: by now it may be changed, or deleted
        proven = memories.proven_by(call.tx, session.project_id, session.id)
        unknown -= _said(_revisions(call, proven))
    return sum(
        _remember(call, session, lesson)
        for lesson in found
        if (not is_left if is_episode(lesson) else _says(lesson) in unknown)
    )


def _says(lesson: NewMemory) -> str:
    return fingerprint(lesson.kind, lesson.content)


def _said(once: Iterable[Revision]) -> set[str]:
    return {fingerprint(one.fields.type, one.fields.content) for one in once}


def _revisions(call: Call, ids: Iterable[UUID]) -> list[Revision]:
    return [revision for memory_id in ids for revision in memories.revisions(call.tx, memory_id)]


def _taught(call: Call, session: Session) -> Iterator[Memory]:
    """Give every memory that came of a session, deleted ones included."""
    for deleted in (False, True):
        cursor: str | None = None
        while True:
            wanted = MemoryFilter(
                project_id=session.project_id, session_id=session.id, superseded=True, deleted=deleted
            )
            found = memories.page(call.tx, wanted, now=call.now, limit=_PAGE, cursor=cursor)
            yield from found.items
            cursor = found.next_cursor
            if cursor is None:
                break


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
