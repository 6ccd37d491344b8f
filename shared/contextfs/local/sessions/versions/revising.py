"""Brings messages to what a better reader makes of the same record: each keeps its id, and what it said before.

A message is known again by its tool's name for it. One that is not read any more stays: what was captured is not lost
by an opinion. One that its record says was taken back stays, too, as left behind, until a record that is not older says
otherwise. A server that has it reads its own record again.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contextfs.domain.sessions.model import Message, NewMessage
from contextfs.domain.sessions.rules import gone_on, is_left_behind, is_older, left_behind, says
from contextfs.journeys.capture.clean import Cleaner
from contextfs.journeys.capture.messages import cleaned, message, retitled
from contextfs.local.base.connection import Base, Row
from contextfs.local.sessions.rows import SQL, message_in, row_of_message, text


class Off(NamedTuple):
    """The tool's names for messages that are off a conversation: left behind, or on other branches, which stand."""

    left: Collection[str]
    aside: Collection[str]


def revise(
    base: Base,
    session_id: UUID,
    messages: Iterable[NewMessage],
    off: Off,
    cleaner: Cleaner,
    now: datetime,
    *,
    is_new_reading: bool,
) -> int:
    """Bring the messages of a session to what is said of them now; gives how many of them changed.

    Of what was read like this before, only what was left behind is looked at, and what goes on again.
    """
    named = {"session_id": str(session_id)}
    if not (is_new_reading or off.left or base.one(SQL["has_left_behind"], named)):
        return 0
    known = {row["external_id"]: row for row in base.all(SQL["named"], named)}
    live = {one.external_id: one for one in messages}
    stored = {name: message_in(row) for name, row in known.items()}
    is_latest = not is_older({*live, *off.left, *off.aside}, stored.values())
    made = [
        _read(known[name], one, cleaner)
        for name, one in live.items()
        if name in known and (is_latest if is_left_behind(stored[name]) else is_new_reading)
    ]
    if is_latest:
        made += [_changed(known[name], left_behind(stored[name])) for name in off.left if name in known]
        made += [_changed(known[name], gone_on(stored[name])) for name in off.aside if name in known]
    changed = [row for row in made if row is not None]
    if not changed:
        return 0
    with base.transaction():
        _say_otherwise(base, changed, now)
        if any(is_left_behind(message_in(row)) != is_left_behind(stored[row["external_id"]]) for row in changed):
            _name_anew(base, named["session_id"], now)
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


def _name_anew(base: Base, session_id: str, now: datetime) -> None:
    row = base.one(SQL["session"], {"id": session_id})
    if row is not None:
        messages = map(message_in, base.all(SQL["of_session"], {"session_id": session_id}))
        base.run(SQL["retitle"], {"id": session_id, "title": retitled(row["title"], messages), "now": text(now)})


def _read(row: Row, new: NewMessage, cleaner: Cleaner) -> Row | None:
    was = message_in(row)
    clean = cleaned(new, cleaner)
    return _changed(row, message(clean, session_id=was.session_id, message_id=was.id, now=was.created_at))


def _changed(row: Row, made: Message) -> Row | None:
    """Give the row that a message becomes; None where it says what it said."""
    return None if says(made) == says(message_in(row)) else row_of_message(made, sent=bool(row["sent"]))
