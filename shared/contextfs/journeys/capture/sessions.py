"""Create, append to, change, complete and delete a session; each write answers a receipt."""

from datetime import datetime
from uuid import UUID

from contextfs.domain.sessions import store
from contextfs.domain.sessions.model import (
    Kind,
    Message,
    NewMessage,
    NewSession,
    Role,
    Session,
    SessionChange,
    SessionWritten,
)
from contextfs.journeys.capture.clean import Cleaner
from contextfs.journeys.share.telling import tell_session, tell_session_gone
from contextfs.kit.call import Call
from contextfs.kit.ids import uuid7s
from contextfs.kit.receipt import Receipt

_TITLE_LENGTH = 120
_KINDS: dict[Role, Kind] = {"user": "prompt", "assistant": "reply", "tool": "tool_result", "system": "meta"}


def create(call: Call, new: NewSession) -> SessionWritten:
    """Create a session with its first messages; one that is there already (same tool, external id) is given back."""
    cleaner = Cleaner(call.services.redaction_key)
    cleaned = cleaner.fields(new, texts=("title",), values=("annotations", "metadata"))
    session = store.insert(call.tx, call.principal, call.new_id(), cleaned, call.now)
    if session is None:
        session = store.get_external(call.tx, new.project_id, new.tool, new.external_id)
        return _grown(call, session, new.messages, cleaner, created=0)
    call.emit("session.created", session.id, session.project_id, tool=session.tool)
    return _grown(call, session, new.messages, cleaner, created=1)


def append(call: Call, session_id: UUID, messages: list[NewMessage]) -> SessionWritten:
    """Append messages in their order; those whose external id is stored already are counted as duplicates."""
    session = store.get(call.tx, session_id, lock=True)
    call.require_version(session.version)
    return _grown(call, session, messages, Cleaner(call.services.redaction_key), created=0)


def change(call: Call, session_id: UUID, wanted: SessionChange) -> SessionWritten:
    """Change a session's own fields; messages are never changed."""
    session = store.get(call.tx, session_id, lock=True)
    call.require_version(session.version)
    cleaner = Cleaner(call.services.redaction_key)
    cleaned = cleaner.fields(wanted, texts=("title",), values=("annotations", "metadata"))
    changed = store.update(call.tx, session, cleaned, call.now)
    tell_session(call, changed, before=session)
    call.emit("session.updated", session_id, session.project_id)
    return SessionWritten(session=changed, receipt=_receipt(call, stored=1, redacted=cleaner.found))


def complete(call: Call, session_id: UUID, ended_at: datetime | None) -> SessionWritten:
    """Close a session: memories are learned from it next. Closing a closed session changes nothing."""
    session = store.get(call.tx, session_id, lock=True)
    call.require_version(session.version)
    if session.status == "completed":
        call.note(subject=session_id, project_id=session.project_id)
        return SessionWritten(session=session, receipt=_receipt(call, duplicates=1))
    ended = ended_at or store.last_message_at(call.tx, session_id) or call.now
    completed = store.complete(call.tx, session_id, ended, call.now)
    tell_session(call, completed)
    call.emit("session.completed", session_id, session.project_id, messages=session.message_count)
    return SessionWritten(session=completed, receipt=_receipt(call, stored=1, pending=("searchable", "learned")))


def delete(call: Call, session_id: UUID) -> None:
    """Delete a session with its messages; memories that were learned from it stay."""
    session = store.get(call.tx, session_id, lock=True)
    call.require_version(session.version)
    store.delete(call.tx, session_id)
    tell_session_gone(call, session)
    call.emit("session.deleted", session_id, session.project_id)


def _grown(
    call: Call, session: Session, messages: list[NewMessage], cleaner: Cleaner, *, created: int
) -> SessionWritten:
    ids = uuid7s(call.now, call.services.entropy, len(messages))
    fresh = [_message(call, session, new, cleaner, one) for new, one in zip(messages, ids, strict=True)]
    added = 0
    if fresh:
        session, added = store.append(call.tx, call.principal.org_id, session, fresh, title=_title(fresh), now=call.now)
    if added or created:
        tell_session(call, session, _stored(call, session.id, fresh, added))
    if added:
        call.emit("session.appended", session.id, session.project_id, messages=added)
    call.note(subject=session.id, project_id=session.project_id, messages=added, redacted=cleaner.found)
    call.quantity = created + added
    receipt = _receipt(
        call,
        stored=created + added,
        duplicates=len(fresh) - added + (0 if created or fresh else 1),
        redacted=cleaner.found,
        pending=("searchable",) if added else (),
    )
    return SessionWritten(session=session, receipt=receipt)


def _stored(call: Call, session_id: UUID, fresh: list[Message], added: int) -> list[Message]:
    """Give the messages that were stored now."""
    if added == len(fresh):
        return fresh
    stored = frozenset(store.among(call.tx, session_id, [message.id for message in fresh]))
    return [message for message in fresh if message.id in stored]


def _message(call: Call, session: Session, new: NewMessage, cleaner: Cleaner, message_id: UUID) -> Message:
    cleaned = cleaner.fields(new, texts=("content",), values=("metadata",))
    tool_calls = [cleaner.fields(tool_call, values=("input",)) for tool_call in new.tool_calls]
    return Message(
        id=message_id,
        session_id=session.id,
        external_id=new.external_id,
        role=new.role,
        kind=new.kind or _KINDS[new.role],
        content=cleaned.content,
        tool_calls=tool_calls,
        model=new.model,
        tokens=new.tokens,
        metadata=cleaned.metadata,
        created_at=new.created_at or call.now,
    )


def _title(messages: list[Message]) -> str | None:
    """Name a session by the first line of its first prompt."""
    prompt = next((message.content for message in messages if message.kind == "prompt" and message.content.strip()), "")
    line = prompt.strip().split("\n", 1)[0].strip()
    return f"{line[:_TITLE_LENGTH]}…" if len(line) > _TITLE_LENGTH else line or None


def _receipt(
    call: Call, *, stored: int = 0, duplicates: int = 0, redacted: int = 0, pending: tuple[str, ...] = ()
) -> Receipt:
    return Receipt(stored=stored, stored_at=call.now, duplicates=duplicates, redacted=redacted, pending=pending)
