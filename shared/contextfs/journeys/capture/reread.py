"""Read records again when a reader has become better: messages are brought to what they say now, and nothing is lost.

A message is known again by its tool's name for it: it keeps its id, and what it said before is kept. One that is new is
added; one that is not read any more stays: what was captured is not lost by an opinion. What people set by hand stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PureWindowsPath
from typing import Any, Final, NamedTuple

from contextfs.domain.records import rules
from contextfs.domain.records import store as records
from contextfs.domain.records.model import Outdated, Record
from contextfs.domain.search import store as passages
from contextfs.domain.sessions import store as sessions
from contextfs.domain.sessions.model import Message, NewMessage, Session, SessionChange
from contextfs.domain.sessions.rules import says
from contextfs.journeys.capture.clean import Cleaner, cleaner_by
from contextfs.journeys.capture.messages import cleaned, message, title_of
from contextfs.journeys.share.telling import tell_session
from contextfs.kit.call import Call
from contextfs.kit.clock import Clock
from contextfs.kit.errors import ContextFSError, NotFound
from contextfs.kit.events import Event
from contextfs.kit.ids import named, uuid7s
from contextfs.kit.ports import Bus, Database, Told, Transcripts

_BATCH: Final = 100
_MOST: Final = 1000
"""Records that one run tells of: what is due behind them, the next one does."""
_ACTOR: Final = "platform"


def announce(database: Database, bus: Bus, clock: Clock, versions: Mapping[str, int]) -> int:
    """Publish an event for each record that an older reader read; gives how many there were.

    As long as a record stays as it is, it is the same event for the same reader: told again, it is taken once.
    """
    old = [f"{tool}/{n}" for tool, version in versions.items() for n in range(version)]
    known = [*old, *(f"{tool}/{version}" for tool, version in versions.items())]
    last: Outdated | None = None
    announced = 0
    while announced < _MOST:
        with database.transaction() as (tx, _):
            found = records.outdated(tx, old, known, behind=last, limit=_BATCH)
        bus.publish([_event(one, versions, clock) for one in found])
        announced += len(found)
        if len(found) < _BATCH:
            break
        last = found[-1]
    return announced


def reread(call: Call, event: Event, transcripts: Transcripts) -> bool:
    """Read the record of a session again, unless that was done meanwhile or it is gone; True when it says otherwise."""
    try:
        session, choice = sessions.hold(call.tx, event.subject)
    except NotFound:
        return False
    wanted = _newer(records.readers(call.tx, session.id), transcripts.versions())
    if wanted is None:
        return False
    record = records.outline(call.tx, session.id)
    try:
        told = _of(session, transcripts, wanted.partition("/")[0], _text(call, record))
    except ContextFSError as error:
        records.mark(call.tx, session.id, reader=wanted, problem=error.detail)
        return False
    is_other = _bring(call, session, told, cleaner_by(call, choice))
    records.mark(call.tx, session.id, reader=wanted, problem=None)
    return is_other


class _Difference(NamedTuple):
    """What a record says now: messages that say something else than before, and those that are new."""

    revised: list[Message]
    fresh: list[Message]
    retold: list[Message]
    """Of those revised, the ones that search reads in another way."""


def _event(one: Outdated, versions: Mapping[str, int], clock: Clock) -> Event:
    tool = one.reader.partition("/")[0]
    wanted = f"{tool}/{versions[tool]}"
    return Event(
        id=named(one.session_id, "record.due", wanted, one.stored_at.isoformat()),
        type="record.due",
        org_id=one.org_id,
        project_id=one.project_id,
        subject=one.session_id,
        time=clock(),
        actor=_ACTOR,
        reader=one.created_by,
        data={"reader": wanted},
    )


def _newer(read_by: Iterable[str], versions: Mapping[str, int]) -> str | None:
    """Name the reader of here, if it reads better than one of these, and none of them better than it."""
    behind = [
        (tool, versions.get(tool, 0) - int(version)) for tool, _, version in (one.partition("/") for one in read_by)
    ]
    tool, most = max(behind, key=lambda one: one[1], default=("", 0))
    return f"{tool}/{versions[tool]}" if most > 0 and all(by >= 0 for _, by in behind) else None


def _text(call: Call, record: Record) -> bytes:
    """Give the record as it stood in its file."""
    return b"".join(rules.text(records.lines(call.tx, record.session_id, one.line).lines) for one in record.chunks)


def _of(session: Session, transcripts: Transcripts, tool: str, data: bytes) -> Told:
    """Find the session in its record; NotFound when that tells of another one, or of none."""
    file = session.metadata.get("file")
    name = PureWindowsPath(file).name if isinstance(file, str) else ""
    for told in transcripts.read(tool, data, name=name or f"{session.external_id}.jsonl"):
        if told.external_id == session.external_id:
            return told
    raise NotFound("The record does not tell of this conversation.")


def _bring(call: Call, session: Session, told: Told, cleaning: Cleaner) -> bool:
    """Bring a session and its messages to what is told, and tell who has to know; True when a message is different."""
    difference = _compared(call, session, [NewMessage(**fields) for fields in told.messages], cleaning)
    now = session
    if difference.fresh:
        title = title_of(difference.fresh)
        now, _ = sessions.append(call.tx, call.principal.org_id, now, difference.fresh, title=title, now=call.now)
        if session.status == "completed":
            now = sessions.complete(call.tx, session.id, session.ended_at or call.now, call.now)
    if difference.revised:
        sessions.revise(call.tx, session.id, difference.revised, call.now)
        passages.trim(call.tx, {one.id: 0 for one in difference.retold})
    change = _change(session, told, cleaning)
    if change != SessionChange() or difference.revised:
        now = sessions.update(call.tx, now, change, call.now)
    if now is session:
        return False
    tell_session(call, now, [*difference.revised, *difference.fresh])
    revised, added = len(difference.revised), len(difference.fresh)
    call.emit("session.updated", session.id, session.project_id, revised=revised, added=added)
    return revised + added > 0


def _compared(call: Call, session: Session, told: Sequence[NewMessage], cleaning: Cleaner) -> _Difference:
    known = {one.external_id: one for one in sessions.all_messages(call.tx, session.id) if one.external_id}
    revised: list[Message] = []
    fresh: list[Message] = []
    retold: list[Message] = []
    for new, fresh_id in zip(told, uuid7s(call.now, call.services.entropy, len(told)), strict=True):
        was = known.get(new.external_id or "")
        own_id, at = (was.id, was.created_at) if was else (fresh_id, call.now)
        made = message(cleaned(new, cleaning), session_id=session.id, message_id=own_id, now=at)
        if was is None:
            fresh.append(made)
        elif says(made) != says(was):
            revised.append(made)
            if (made.kind, made.content, made.role) != (was.kind, was.content, was.role):
                retold.append(made)
    return _Difference(revised, fresh, retold)


def _change(session: Session, told: Told, cleaning: Cleaner) -> SessionChange:
    """Tell what is different of the session's own fields; a title that is there may be somebody's own."""
    changes: dict[str, Any] = {}
    if session.title is None and told.title:
        changes["title"] = cleaning.text(told.title)
    spent = {"input_tokens": told.input_tokens, "output_tokens": told.output_tokens}
    changes |= {name: many for name, many in spent.items() if many and many != getattr(session, name)}
    return SessionChange(**changes)
