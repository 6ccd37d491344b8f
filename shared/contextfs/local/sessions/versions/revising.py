"""Brings messages to what a better reader makes of the same record: each keeps its id, and what it said before.

A message is known again by its tool's name for it. One that is not read any more stays: what was captured is not lost
by an opinion. A server that has it reads its own record again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from contextfs.domain.sessions.model import Message, NewMessage
from contextfs.domain.sessions.rules import says
from contextfs.journeys.capture.clean import Cleaner
from contextfs.journeys.capture.messages import message
from contextfs.local.base.connection import Base, Row
from contextfs.local.sessions.rows import SQL, message_in, row_of_message, text


def revise(base: Base, session_id: UUID, messages: Iterable[NewMessage], cleaner: Cleaner, now: datetime) -> int:
    """Bring the messages of a session to what is said of them now; gives how many of them changed."""
    known = {row["external_id"]: row for row in base.all(SQL["named"], {"session_id": str(session_id)})}
    changed = [row for one in messages if (row := _changed(known, one, cleaner)) is not None]
    if not changed:
        return 0
    with base.transaction():
        _say_otherwise(base, changed, now)
        base.run(SQL["learned"], {"id": str(session_id), "learned": 0})
        base.run(SQL["touch"], {"id": str(session_id)})
    return len(changed)


def follow(base: Base, session_id: UUID, messages: Iterable[Message], now: datetime) -> int:
    """Bring messages that came from a server to what it makes of them now; gives how many of them changed."""
    known = {row["id"]: row for row in base.all(SQL["of_session"], {"session_id": str(session_id)})}
    changed = [
        row_of_message(one, sent=True)
        for one in messages
        if (row := known.get(str(one.id))) is not None and says(message_in(row)) != says(one)
    ]
    _say_otherwise(base, changed, now)
    return len(changed)


def _say_otherwise(base: Base, changed: Iterable[Row], now: datetime) -> None:
    """Keep what messages said, and let them say something else; search makes their passages anew."""
    has_passages = base.one(SQL["has_passages"]) is not None
    for row in changed:
        base.run(SQL["keep_version"], {"id": row["id"], "replaced_at": text(now)})
        base.run(SQL["revise"], row)
        if has_passages:
            base.run(SQL["forget_passages"], row)


def _changed(known: Mapping[str, Row], new: NewMessage, cleaner: Cleaner) -> Row | None:
    """Give the row that a message becomes; None where it is not known, or says what it said."""
    row = known.get(new.external_id or "")
    if row is None:
        return None
    was = message_in(row)
    made = message(new, cleaner, session_id=was.session_id, message_id=was.id, now=was.created_at)
    if says(made) == says(was):
        return None
    return row_of_message(made, sent=bool(row["sent"]))
