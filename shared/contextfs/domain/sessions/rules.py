"""How messages are known again, what they say, and what a session is once messages came to it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from contextfs.domain.sessions.model import Message, NewMessage, Session

_TICK = timedelta(microseconds=1)
_PLACE: Final = "source"
"""Where in its file a record stands says nothing of what it says."""


def named(messages: Iterable[NewMessage]) -> Iterator[NewMessage]:
    """Give each message an external id: its place, when it brings none. That is what makes a capture repeatable."""
    for place, message in enumerate(messages):
        yield message if message.external_id is not None else msgspec.structs.replace(message, external_id=f"#{place}")


def says(one: Message) -> tuple[Any, ...]:
    """Give what a message says: of one record, two readings that are equal in it are one."""
    plain = {name: value for name, value in one.metadata.items() if name != _PLACE}
    calls = [(call.id, call.name, call.input) for call in one.tool_calls]
    return one.role, one.kind, one.content, calls, one.model, one.tokens, plain, one.created_at


def are_new(messages: Iterable[NewMessage]) -> bool:
    """Tell whether none of them can be stored already: what comes without an id of its own is stored each time."""
    return all(message.id is None and message.external_id is None for message in messages)


def grown(session: Session, messages: int, *, title: str | None, now: datetime) -> Session:
    """Give a session that so many messages came to: it is open again, and takes a title if it has none."""
    return msgspec.structs.replace(
        session,
        message_count=session.message_count + messages,
        status="open",
        ended_at=None,
        title=title if session.title is None else session.title,
        updated_at=max(now, session.updated_at + _TICK),
    )
