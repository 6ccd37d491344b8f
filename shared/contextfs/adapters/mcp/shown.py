"""Nouns of the platform as our tools show them; they are the same on a server and in a local store."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from contextfs.adapters.mcp.model import GetSession, Hit, Hits, Packed, Said, SessionLine, SessionPart
from contextfs.domain.context.request import ContextReply
from contextfs.domain.search.model import SearchReply
from contextfs.domain.sessions.model import Message, Session
from contextfs.kit.errors import NotFound

_BEFORE: Final = 2
"""How many messages are shown before the one that is asked for."""


def hits(reply: SearchReply) -> Hits:
    """Show what a search found."""
    shown = [
        Hit(
            source=one.source,
            id=one.id,
            session_id=one.session_id,
            type=one.type,
            snippet=one.snippet,
            occurred_at=one.occurred_at,
            relevance=one.relevance,
            overtaken=str(one.overtaken or ""),
            conflicted=one.conflicted,
        )
        for one in reply.hits
    ]
    return Hits(hits=shown, degraded=reply.degraded, notes=reply.notes)


def packed(reply: ContextReply) -> Packed:
    """Show a context pack."""
    return Packed(
        id=reply.id,
        text=reply.text,
        items=len(reply.items),
        tokens=reply.tokens,
        budget=reply.budget,
        left_out=reply.left_out,
        degraded=reply.degraded,
        notes=reply.notes,
    )


def session(one: Session) -> SessionLine:
    """Show a conversation in a list."""
    return SessionLine(
        id=one.id,
        tool=one.tool,
        title=one.title,
        branch=one.git.branch,
        started_at=one.started_at,
        messages=one.message_count,
    )


def part(one: Session, messages: Iterator[Message], wanted: GetSession) -> SessionPart:
    """Show the messages that are asked for; NotFound when `around` names none of the conversation's."""
    if wanted.around is None:
        offset, taken = wanted.offset, list(islice(messages, wanted.offset, wanted.offset + wanted.limit))
    else:
        offset, taken = _around(list(messages), wanted.around, wanted.limit)
    return SessionPart(session=session(one), offset=offset, messages=[_said(message) for message in taken])


def _around(messages: list[Message], asked: str, limit: int) -> tuple[int, list[Message]]:
    digits = asked.replace("-", "").lower()
    place = next((at for at, one in enumerate(messages) if one.id.hex.endswith(digits)), None)
    if place is None:
        raise NotFound(f"There is no message {asked} in this session.")
    first = max(0, place - (_BEFORE if limit > _BEFORE else 0))
    return first, messages[first : first + limit]


def _said(one: Message) -> Said:
    calls = [call.name for call in one.tool_calls]
    return Said(id=one.id, role=one.role, kind=one.kind, text=one.content, at=one.created_at, calls=calls)
