"""What a session teaches, as memories that may be added: pure, and the same on a server and on a laptop."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from contextfs.domain.memories.model import MemoryChange, NewMemory, Provenance
from contextfs.domain.memories.rules import LEARNED_BY, SAID_BY
from contextfs.domain.sessions.model import Message, Session
from contextfs.domain.sessions.rules import is_left_behind
from contextfs.journeys.learn.candidates import Candidate
from contextfs.journeys.learn.extract import extract
from contextfs.journeys.learn.turns import ToolUse, Turn

EPISODE = "episodic"
EPISODE_TAG = "episode"
RULES = "rules"

_MOST_PROOFS = 100


def lessons(session: Session, messages: Iterable[Message]) -> Iterator[NewMemory]:
    """Give what a session teaches, the surest first; its episode is told by the tag `episode`."""
    turns = turns_of(messages)
    times = {turn.message_id: turn.created_at for turn in turns}
    for candidate in extract(turns, session.git.cwd or ""):
        yield lesson(session, candidate, since=_since(candidate, times), learned_by=RULES)


def is_episode(lesson: NewMemory) -> bool:
    """Tell whether a lesson is the account of its session, which is told anew when the session has grown."""
    return EPISODE_TAG in lesson.tags


def retold(lesson: NewMemory) -> MemoryChange:
    """Give the change that brings an episode, told before, to what it is now."""
    return MemoryChange(content=lesson.content, title=lesson.title, metadata=lesson.metadata)


def _since(candidate: Candidate, times: Mapping[UUID, datetime | None]) -> datetime | None:
    """Tell since when it is true, as far as we know: since it was first said."""
    said = [at for message_id in candidate.message_ids if (at := times.get(message_id)) is not None]
    return min(said, default=None)


def turns_of(messages: Iterable[Message]) -> list[Turn]:
    """Give the messages of a session as what is learned from; one that was left behind has a place, and is silent."""
    return [_silent(one, index) if is_left_behind(one) else _turn(one, index) for index, one in enumerate(messages)]


def lesson(session: Session, candidate: Candidate, *, since: datetime | None, learned_by: str) -> NewMemory:
    """Give what was found in a session as a memory to be added; it holds since a moment, or the session's start."""
    proofs = list(candidate.message_ids[:_MOST_PROOFS])
    return NewMemory(
        project_id=session.project_id,
        type=candidate.type,
        title=candidate.title or None,
        content=candidate.content,
        tags=list(candidate.tags),
        metadata=_metadata(candidate, learned_by),
        visibility=session.visibility,
        sensitivity=session.sensitivity,
        confidence=candidate.confidence,
        valid_from=since or session.started_at,
        provenance=[Provenance(session_id=session.id, message_ids=proofs, tool=session.tool)],
        author_kind=candidate.author_kind,
    )


def _metadata(candidate: Candidate, learned_by: str) -> dict[str, object]:
    told: dict[str, object] = {LEARNED_BY: learned_by, SAID_BY: candidate.author_kind}
    if candidate.key is not None:
        told |= {"key": candidate.key, "value": candidate.value}
    if candidate.steps:
        told["steps"] = list(candidate.steps)
    return told


def _silent(message: Message, index: int) -> Turn:
    return Turn(message_id=message.id, role="system", content="", created_at=message.created_at, index=index)


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
