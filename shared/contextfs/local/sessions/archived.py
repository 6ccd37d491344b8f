"""Sessions and messages as they stand in an export: everything but what a server was told of them."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.sessions.model import Message
from contextfs.journeys.capture.clean import Cleaner
from contextfs.journeys.export.format import Line, MessageKept, SessionKept
from contextfs.local.sessions.arriving import Arrived
from contextfs.local.sessions.rows import SQL, as_json, git_in, moment, row_of_message, text
from contextfs.local.sessions.store import LocalSessions


def lines(sessions: LocalSessions, *, private: bool) -> Iterator[Line]:
    """Give all sessions, each with its messages after it, always in the same order."""
    for row in sessions.store.base.all(SQL["every"]):
        if not private and sessions.level(row) == "private":
            continue
        yield Line(session=_session(row))
        for message in sessions.messages(UUID(row["id"])):
            yield Line(message=MessageKept(**{name: getattr(message, name) for name in MessageKept.__struct_fields__}))


class Restorer:
    """Takes the lines of one export in: what is known is not stored again, and what was chosen here stays so."""

    def __init__(self, sessions: LocalSessions) -> None:
        self._base = sessions.store.base
        self._cleaner = Cleaner(sessions.store.policy)
        self._names: dict[UUID, UUID] = {}

    def take_in(self, batch: Sequence[Line]) -> Arrived:
        """Take some lines in, all or none."""
        messages = [self._cleaned(line.message) for line in batch if line.message is not None]
        with self._base.transaction():
            new = [line.session.id for line in batch if line.session is not None and self._begin(line.session)]
            added = [one for one in messages if self._add(one)]
            for session_id in {*new, *(one.session_id for one in added)}:
                self._base.run(SQL["touch"], {"id": str(self._here(session_id))})
        return Arrived(sessions=len(new), messages=len(added))

    def _begin(self, kept: SessionKept) -> bool:
        """Store a session; one that was captured here under another id is remembered as such."""
        cleaned = self._cleaner.fields(kept, texts=("title",), values=("annotations", "metadata"))
        is_new = self._base.run(SQL["add"], _row(cleaned)) > 0
        if is_new:
            self._base.run(SQL["learned"], {"id": str(kept.id), "learned": kept.learned})
        elif kept.external_id is not None:
            row = self._base.one(SQL["external"], {"tool": kept.tool, "external_id": kept.external_id})
            self._names[kept.id] = UUID(row["id"]) if row else kept.id
        return is_new

    def _add(self, message: Message) -> bool:
        here = str(self._here(message.session_id))
        added = self._base.run(SQL["add_message_of"], row_of_message(message, sent=False) | {"session_id": here})
        if added:
            self._base.run(SQL["arrived"], {"id": here, "added": added})
        return added > 0

    def _here(self, session_id: UUID) -> UUID:
        return self._names.get(session_id, session_id)

    def _cleaned(self, kept: MessageKept) -> Message:
        """Give the message to store; an export that was made by hand may hold secrets."""
        message = Message(**{name: getattr(kept, name) for name in Message.__struct_fields__})
        calls = [self._cleaner.fields(one, values=("input",)) for one in message.tool_calls]
        cleaned = self._cleaner.fields(message, texts=("content",), values=("metadata",))
        return msgspec.structs.replace(cleaned, tool_calls=calls)


def _session(row: dict[str, Any]) -> SessionKept:
    plain = {name: row[name] for name in ("tool", "external_id", "title", "status", "model", "sensitivity", "learned")}
    return SessionKept(
        **plain,
        id=UUID(row["id"]),
        user_id=UUID(row["user_id"]) if row["user_id"] else None,
        git=git_in(row),
        input_tokens=row["input_tokens"],
        output_tokens=row["output_tokens"],
        tags=msgspec.json.decode(row["tags"]),
        annotations=msgspec.json.decode(row["annotations"]),
        metadata=msgspec.json.decode(row["metadata"]),
        started_at=moment(row["started_at"]),
        ended_at=moment(row["ended_at"]) if row["ended_at"] else None,
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        shared=row["chosen"],
        own=bool(row["own"]),
    )


def _row(kept: SessionKept) -> dict[str, Any]:
    plain = msgspec.structs.asdict(kept)
    git = {"remote": kept.git.remote, "branch": kept.git.branch, "commit_id": kept.git.commit, "cwd": kept.git.cwd}
    texts = {name: as_json(plain[name]) for name in ("tags", "annotations", "metadata")}
    times = {name: text(plain[name]) for name in ("started_at", "created_at", "updated_at")}
    return (
        plain
        | git
        | texts
        | times
        | {
            "id": str(kept.id),
            "user_id": str(kept.user_id) if kept.user_id else None,
            "ended_at": text(kept.ended_at) if kept.ended_at else None,
            "chosen": kept.shared,
            "told": None,
        }
    )
