"""Push of sessions: those that others may see go to the server, in parts; each part that arrived is remembered.

One that became private after it was sent is told to the server as such, which takes it from the others; nothing more
of it is sent.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from contextfs.client.resources.sync import Sync
from contextfs.domain.feed.model import SESSIONS_A_CALL, SentSession
from contextfs.domain.sessions.model import MESSAGES_A_CALL, Message, NewMessage, NewSession
from contextfs.local.base.connection import Row
from contextfs.local.sessions.rows import SQL, message_in
from contextfs.local.sessions.store import LocalSessions
from contextfs.local.sync.report import SessionsReport
from contextfs.local.sync.waiting import Due, due

_BYTES_A_CALL = 2_000_000

Progress = Callable[[int], None]


class _Part(NamedTuple):
    """As much of a session as one call takes; `is_last` when nothing of it is left."""

    due: Due
    sent: SentSession
    messages: list[Message]
    is_last: bool
    size: int


def push(sessions: LocalSessions, server: Sync, *, origin: UUID, progress: Progress) -> SessionsReport:
    """Send what is due. It can be cut at any time, and goes on from there."""
    report = SessionsReport()
    waiting = list(due(sessions.store.base, sessions.sharing))
    followed = _followed(sessions, [one for one in waiting if one.has_changed_readers])
    for batch in _batches(part for one in waiting for part in _parts(sessions, one)):
        pushed = server.push(sessions.project_id, sessions=[part.sent for part in batch], origin=origin)
        refused = {one.index: one.reason for one in pushed.refused if one.kind == "session"}
        _remember(sessions, batch, refused)
        taken = [part for index, part in enumerate(batch) if index not in refused]
        report = SessionsReport(
            sent=report.sent + sum(part.is_last for part in taken),
            messages=report.messages + sum(len(part.messages) for part in taken),
            refused=report.refused + len({batch[index].due.id for index in refused}),
            followed=followed,
        )
        progress(report.messages)
    return report


def _followed(sessions: LocalSessions, changed: Sequence[Due]) -> int:
    """Show what was learned from sessions to whom these are shown now; gives how many memories that changed."""
    if not changed:
        return 0
    from contextfs.local.sessions import learning  # noqa: PLC0415 - heavy, and few syncs find that readers changed

    followed = sum(learning.follow(sessions, one.id, one.level) for one in changed)
    if followed:
        learning.finish(sessions)
    return followed


def _parts(sessions: LocalSessions, one: Due) -> Iterator[_Part]:
    """Cut a session into parts that a call takes; a private one is told without anything that was said."""
    base = sessions.store.base
    row = base.one(SQL["session"], {"id": str(one.id)})
    if row is None:
        return
    if one.level == "private":
        yield _Part(one, _sent(sessions, row, [], is_last=False), [], is_last=True, size=0)
        return
    messages = [message_in(found) for found in base.all(SQL["unsent"], {"session_id": str(one.id)})]
    parts = [*_cut(messages)] or [([], 0)]
    for number, (some, size) in enumerate(parts, start=1):
        is_last = number == len(parts)
        yield _Part(one, _sent(sessions, row, some, is_last=is_last), some, is_last=is_last, size=size)


def _sent(sessions: LocalSessions, row: Row, messages: Sequence[Message], *, is_last: bool) -> SentSession:
    session = sessions.shown(row)
    kept = ("project_id", "tool", "title", "model", "git", "visibility", "sensitivity", "tags", "annotations")
    plain = {
        name: getattr(session, name) for name in (*kept, "metadata", "input_tokens", "output_tokens", "started_at")
    }
    new = NewSession(
        **plain, id=session.id, external_id=session.external_id or str(session.id), messages=[*map(_new, messages)]
    )
    is_closed = is_last and session.status == "completed"
    is_learned = row["learned"] >= row["message_count"]
    return SentSession(session=new, completed=is_closed, ended_at=session.ended_at, learned=is_learned)


def _new(message: Message) -> NewMessage:
    return NewMessage(**{name: getattr(message, name) for name in NewMessage.__struct_fields__})


def _cut(messages: Sequence[Message]) -> Iterator[tuple[list[Message], int]]:
    part: list[Message] = []
    held = 0
    for one in messages:
        size = len(msgspec.json.encode(one))
        if part and (len(part) == MESSAGES_A_CALL or held + size > _BYTES_A_CALL):
            yield part, held
            part, held = [], 0
        part.append(one)
        held += size
    if part:
        yield part, held


def _batches(parts: Iterator[_Part]) -> Iterator[list[_Part]]:
    """Put parts together into calls; no session is in one twice, for its parts come one after the other."""
    batch: list[_Part] = []
    size = 0
    for part in parts:
        is_same = any(one.due.id == part.due.id for one in batch[-1:])
        if batch and (is_same or len(batch) == SESSIONS_A_CALL or size + part.size > _BYTES_A_CALL):
            yield batch
            batch, size = [], 0
        batch.append(part)
        size += part.size
    if batch:
        yield batch


def _remember(sessions: LocalSessions, batch: Sequence[_Part], refused: dict[int, str]) -> None:
    base = sessions.store.base
    with base.transaction():
        for index, part in enumerate(batch):
            name = str(part.due.id)
            if index in refused:
                base.run(SQL["refuse"], {"id": name, "reason": refused[index]})
            else:
                base.many(SQL["mark_sent"], [{"id": str(one.id)} for one in part.messages])
                base.run(SQL["accept"], {"id": name}) if part.is_last else None
            if part.is_last:
                base.run(SQL["tell"], {"id": name, "told": part.due.told})
