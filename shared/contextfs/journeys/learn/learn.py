"""Learn: from a completed session to memories, each with the messages that it was learned from."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from contextfs.domain.memories import store as memories
from contextfs.domain.memories.model import Memory, MemoryChange, NewMemory, Provenance
from contextfs.domain.memories.store import MemoryFilter
from contextfs.domain.sessions import store as sessions
from contextfs.domain.sessions.model import Message, Session
from contextfs.journeys.learn.candidates import Candidate
from contextfs.journeys.learn.extract import extract
from contextfs.journeys.learn.turns import ToolUse, Turn
from contextfs.journeys.remember.memories import add, change
from contextfs.kit.call import Call
from contextfs.kit.errors import NotFound

_MOST_PROOFS = 100
EPISODE = "episodic"
EPISODE_TAG = "episode"


def learn(call: Call, session_id: UUID) -> int:
    """Extract memories from a session; gives how many were stored. A session that is gone teaches nothing.

    What is known already gains a proof. A session that has grown since has its episode told anew.
    """
    try:
        session = sessions.get(call.tx, session_id)
    except NotFound:
        return 0
    turns = [_turn(message, index) for index, message in enumerate(sessions.all_messages(call.tx, session_id))]
    times = {turn.message_id: turn.created_at for turn in turns}
    return sum(_remember(call, session, candidate, _since(candidate, times)) for candidate in extract(turns))


def _since(candidate: Candidate, times: Mapping[UUID, datetime | None]) -> datetime | None:
    """Tell since when it is true, as far as we know: since it was first said."""
    said = [at for message_id in candidate.message_ids if (at := times.get(message_id)) is not None]
    return min(said, default=None)


def _remember(call: Call, session: Session, candidate: Candidate, since: datetime | None) -> int:
    told = _episode(call, session) if EPISODE_TAG in candidate.tags else None
    if told is None:
        return add(call, _memory(session, candidate, since)).receipt.stored
    wanted = MemoryChange(content=candidate.content, title=candidate.title, metadata=_metadata(candidate))
    return change(call, told.id, wanted).receipt.stored


def _episode(call: Call, session: Session) -> Memory | None:
    """Find the episode that was told of this session before."""
    wanted = MemoryFilter(project_id=session.project_id, session_id=session.id, type=EPISODE, tags=[EPISODE_TAG])
    found = memories.page(call.tx, wanted, limit=1, cursor=None).items
    return found[0] if found else None


def _memory(session: Session, candidate: Candidate, since: datetime | None) -> NewMemory:
    proofs = list(candidate.message_ids[:_MOST_PROOFS])
    return NewMemory(
        project_id=session.project_id,
        type=candidate.type,
        title=candidate.title or None,
        content=candidate.content,
        tags=list(candidate.tags),
        metadata=_metadata(candidate),
        visibility=session.visibility,
        sensitivity=session.sensitivity,
        confidence=candidate.confidence,
        valid_from=since or session.started_at,
        provenance=[Provenance(session_id=session.id, message_ids=proofs, tool=session.tool)],
        author_kind=candidate.author_kind,
    )


def _metadata(candidate: Candidate) -> dict[str, object]:
    told: dict[str, object] = {"learned_by": "rules"}
    if candidate.key is not None:
        told |= {"key": candidate.key, "value": candidate.value}
    if candidate.steps:
        told["steps"] = list(candidate.steps)
    return told


def _turn(message: Message, index: int) -> Turn:
    answers = message.metadata.get("tool_call_id")
    return Turn(
        message_id=message.id,
        role=message.role,
        content=message.content,
        tool_calls=tuple(ToolUse(name=used.name, input=used.input, id=used.id) for used in message.tool_calls),
        created_at=message.created_at,
        index=index,
        kind=message.kind,
        answers=answers if isinstance(answers, str) else None,
        failed=message.metadata.get("is_error") is True,
    )
