"""Read records again when a reader has become better: messages are brought to what they say now, and nothing is lost.

A message is known again by its tool's name for it, or by its line: a name that is made of what it says is another one
where a secret is gone; what it says without secrets is the same. It keeps its id, and what it said before is kept. One
that is new is added; one that is not read any more stays: what was captured is not lost by an opinion. One that the
record says was taken back stays as left behind, until a record that is not older says otherwise. What people set by
hand stays.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import PureWindowsPath
from typing import Any, Final, NamedTuple

from contextfs.domain.records import rules
from contextfs.domain.records import store as records
from contextfs.domain.records.model import Outdated, Record
from contextfs.domain.search import store as passages
from contextfs.domain.sessions import store as sessions
from contextfs.domain.sessions.model import Message, NewMessage, Session, SessionChange
from contextfs.domain.sessions.rules import SOURCE, gone_on, is_left_behind, is_older, left_behind, says
from contextfs.journeys.capture.clean import Cleaner, cleaner_by
from contextfs.journeys.capture.messages import cleaned, message, retitled, title_of
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
_TOO_NEW: Final = "A newer version than this server's read it: it is read again once the server was upgraded."


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
    is_told = event.data.get("read_again") is True
    read_by, versions = records.readers(call.tx, session.id), transcripts.versions()
    wanted = _newer(read_by, versions, or_same=is_told)
    if wanted is None:
        if is_told and read_by:
            _put_off(call, session, read_by, versions)
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


def _put_off(call: Call, session: Session, read_by: Iterable[str], versions: Mapping[str, int]) -> None:
    """Have a record that was read better elsewhere than here be read again once it can be: by the next version."""
    tool = max(read_by).partition("/")[0]
    records.mark(call.tx, session.id, reader=f"{tool}/{versions.get(tool, 0)}", problem=_TOO_NEW)


class _Difference(NamedTuple):
    """What a record says now: messages that say something else than before, and those that are new."""

    revised: list[Message]
    fresh: list[Message]
    retold: list[Message]
    """Of those revised, the ones that search reads in another way."""
    title: str | None


class _Known:
    """The messages of a session: by name those that are told of, the others by their lines."""

    def __init__(self, stored: Iterable[Message], names: Collection[str | None], told: Told) -> None:
        self._named = {one.external_id: one for one in stored if one.external_id}
        self._left = [name for name in told.left if name in self._named and name not in names]
        self._aside = [name for name in told.aside if name in self._named and name not in names]
        of_record = {*names, *told.left, *told.aside}
        rest = [one for name, one in self._named.items() if name not in of_record]
        lines = Counter(_line(one.metadata) for one in rest)
        self._by_line = {_line(one.metadata): one for one in rest if lines[_line(one.metadata)] == 1}

    def find(self, new: NewMessage, cleaning: Cleaner) -> Message | None:
        """Find a message without secrets; each by its line once, where it says the same without them."""
        if named := self._named.get(new.external_id or ""):
            return named
        line = _line(new.metadata)
        was = self._by_line.get(line) if line else None
        return self._by_line.pop(line) if was and cleaning.text(was.content) == new.content else None

    def off(self) -> Iterator[tuple[Message, Message]]:
        """Give those that were left behind, or stand on another branch, each with what becomes of it."""
        for name in self._left:
            yield self._named[name], left_behind(self._named[name])
        for name in self._aside:
            yield self._named[name], gone_on(self._named[name])


def _line(metadata: Mapping[str, Any]) -> str | None:
    """Tell in which line of its file a message was found; None where it was found in no line."""
    line, mark, _ = str(metadata.get(SOURCE, "")).partition(" at ")
    return line if mark else None


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


def _newer(read_by: Iterable[str], versions: Mapping[str, int], *, or_same: bool) -> str | None:
    """Name the reader of here, if it reads better than one of these, `or_same`, and none of them better than it."""
    behind = [
        (tool, versions.get(tool, 0) - int(version)) for tool, _, version in (one.partition("/") for one in read_by)
    ]
    tool, most = max(behind, key=lambda one: one[1], default=("", -1))
    is_better = most > 0 or (or_same and most == 0)
    return f"{tool}/{versions[tool]}" if is_better and all(by >= 0 for _, by in behind) else None


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
    new = [NewMessage(**fields) for fields in told.messages]
    difference = _compared(call, session, new, told, cleaning)
    now = session
    if difference.fresh:
        title = title_of(difference.fresh)
        now, _ = sessions.append(call.tx, call.principal.org_id, now, difference.fresh, title=title, now=call.now)
        if session.status == "completed":
            now = sessions.complete(call.tx, session.id, session.ended_at or call.now, call.now)
    if difference.revised:
        sessions.revise(call.tx, session.id, difference.revised, call.now)
        passages.trim(call.tx, {one.id: 0 for one in difference.retold})
    change = _change(session, difference.title, told, cleaning)
    if change != SessionChange() or difference.revised:
        now = sessions.update(call.tx, now, change, call.now)
    if now is session:
        return False
    tell_session(call, now, [*difference.revised, *difference.fresh])
    revised, added = len(difference.revised), len(difference.fresh)
    call.emit("session.updated", session.id, session.project_id, revised=revised, added=added)
    return revised + added > 0


def _compared(call: Call, session: Session, new: Sequence[NewMessage], told: Told, cleaning: Cleaner) -> _Difference:
    stored = sessions.all_messages(call.tx, session.id)
    known = _Known(stored, {one.external_id for one in new}, told)
    pairs: list[tuple[Message | None, Message]] = []
    for one, fresh_id in zip(new, uuid7s(call.now, call.services.entropy, len(new)), strict=True):
        clean = cleaned(one, cleaning)
        was = known.find(clean, cleaning)
        own_id, at = (was.id, was.created_at) if was else (fresh_id, call.now)
        pairs.append((was, message(clean, session_id=session.id, message_id=own_id, now=at)))
    fresh = [made for was, made in pairs if was is None]
    names = {was.external_id if was else made.external_id for was, made in pairs} | {*told.left, *told.aside}
    is_latest = not is_older(names, [*stored, *fresh])
    read = [(was, made) for was, made in pairs if was and (is_latest or not is_left_behind(was))]
    off = [*known.off()] if is_latest else []
    changed = [(was, made) for was, made in [*read, *off] if says(made) != says(was)]
    retold = [
        made for was, made in changed if (made.kind, made.content, made.role) != (was.kind, was.content, was.role)
    ]
    title = session.title
    if any(is_left_behind(made) != is_left_behind(was) for was, made in changed):
        now = {one.id: one for one in [*stored, *fresh, *(made for _, made in changed)]}
        title = retitled(title, now.values())
    return _Difference([made for _, made in changed], fresh, retold, title)


def _change(session: Session, title: str | None, told: Told, cleaning: Cleaner) -> SessionChange:
    """Tell what is different of the session's own fields; a title that is there may be somebody's own."""
    changes: dict[str, Any] = {"title": title} if title != session.title else {}
    if session.title is None and told.title:
        changes["title"] = cleaning.text(told.title)
    spent = {"input_tokens": told.input_tokens, "output_tokens": told.output_tokens}
    changes |= {name: many for name, many in spent.items() if many and many != getattr(session, name)}
    return SessionChange(**changes)
