"""Create, append to, change, complete and delete a session; each write answers a receipt."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import structs

from contextfs.domain.sessions import store
from contextfs.domain.sessions.model import Message, NewMessage, NewSession, Session, SessionChange, SessionWritten
from contextfs.domain.sessions.rules import IN_ANOTHER_FORM, are_new, in_form, is_told_otherwise, told_tool
from contextfs.journeys.capture.clean import Cleaner, cleaner, cleaner_by, policy_by
from contextfs.journeys.capture.messages import cleaned, message, title_of
from contextfs.journeys.share.telling import tell_session, tell_session_gone
from contextfs.kit.call import Call, Services
from contextfs.kit.errors import Conflict, NotFound
from contextfs.kit.ids import uuid7s
from contextfs.kit.ports import Statement
from contextfs.kit.receipt import Receipt
from contextfs.kit.redaction_rule import UNCHOSEN, Choice


class Draft(NamedTuple):
    """Messages for a session, cleaned, with the statement that stores them where none of them can be stored yet."""

    messages: list[Message]
    redacted: int
    appending: Statement | None


def drafted(
    services: Services, session_id: UUID, messages: list[NewMessage], now: datetime, known: Choice | None = None
) -> Draft:
    """Make a draft of messages to append; it is stored where nothing else was chosen than is `known`, or nothing."""
    cleaning = Cleaner(policy_by(services, known or UNCHOSEN))
    fresh = _fresh(services, session_id, [cleaned(new, cleaning) for new in messages], now)
    appending = None
    if are_new(messages):
        appending = store.appending(session_id, fresh, is_known=known is not None, title=title_of(fresh), now=now)
    return Draft(fresh, cleaning.found, appending)


def create(call: Call, new: NewSession) -> SessionWritten:
    """Create a session with its first messages; one that is there already (same tool, external id) is given back."""
    cleaning = cleaner(call, new.project_id)
    clean = cleaning.fields(new, texts=("title",), values=("annotations", "metadata"))
    messages = [cleaned(one, cleaning) for one in new.messages]
    session = store.insert(call.tx, call.principal, new.id or call.new_id(), clean, call.now)
    created = session is not None
    if session is None:
        session = _known(call, new)
        if messages and is_told_otherwise(session.tool, session.metadata, new.metadata):
            raise Conflict(IN_ANOTHER_FORM)
    else:
        call.emit("session.created", session.id, session.project_id, tool=session.tool)
        call.note(tool=told_tool(session.tool))
    fresh = _fresh(call.services, session.id, messages, call.now)
    return _grown(call, session, Draft(fresh, cleaning.found, None), created=int(created))


def append(call: Call, session_id: UUID, messages: list[NewMessage], draft: Draft | None = None) -> SessionWritten:
    """Append messages in their order; those whose external id is stored already are counted as duplicates."""
    session, choice = store.hold(call.tx, session_id)
    call.services.unchosen.saw(call.principal.org_id, session_id, choice)
    call.require_version(session.version)
    if draft is None or choice != UNCHOSEN:
        draft = drafted(call.services, session_id, messages, call.now, choice)
    return _grown(call, session, draft, created=0)


def change(call: Call, session_id: UUID, wanted: SessionChange) -> SessionWritten:
    """Change a session's own fields; nobody changes messages."""
    session, choice = store.hold(call.tx, session_id)
    call.require_version(session.version)
    cleaning = cleaner_by(call, choice)
    clean = cleaning.fields(wanted, texts=("title",), values=("annotations", "metadata"))
    if isinstance(clean.metadata, dict):
        clean = structs.replace(clean, metadata=in_form(session, clean.metadata))
    changed = store.update(call.tx, session, clean, call.now)
    tell_session(call, changed, before=session)
    call.emit("session.updated", session_id, session.project_id)
    return SessionWritten(session=changed, receipt=_receipt(call, stored=1, redacted=cleaning.found))


def complete(call: Call, session_id: UUID, ended_at: datetime | None, *, learned: bool = False) -> SessionWritten:
    """Close a session: memories are learned from it next, unless who sends it has `learned` from it.

    Closing a closed session changes nothing.
    """
    session = store.hold(call.tx, session_id).session
    call.require_version(session.version)
    if session.status == "completed":
        call.note(subject=session_id, project_id=session.project_id)
        return SessionWritten(session=session, receipt=_receipt(call, duplicates=1))
    ended = ended_at or store.last_message_at(call.tx, session_id) or call.now
    completed = store.complete(call.tx, session_id, ended, call.now)
    tell_session(call, completed)
    data: dict[str, Any] = {"messages": session.message_count} | ({"learned": True} if learned else {})
    call.emit("session.completed", session_id, session.project_id, **data)
    pending = ("searchable",) if learned else ("searchable", "learned")
    return SessionWritten(session=completed, receipt=_receipt(call, stored=1, pending=pending))


def delete(call: Call, session_id: UUID) -> None:
    """Delete a session with its messages; memories that were learned from it stay."""
    session = store.hold(call.tx, session_id).session
    call.require_version(session.version)
    store.delete(call.tx, session_id)
    tell_session_gone(call, session)
    call.emit("session.deleted", session_id, session.project_id)


def _known(call: Call, new: NewSession) -> Session:
    """Give the session that is there already; Conflict when the id that it should have is another one's."""
    try:
        return store.get_external(call.tx, new.project_id, new.tool, new.external_id)
    except NotFound:
        if new.id is None:
            raise
        raise Conflict("A session with this id exists already: leave the id out, or append to that session.") from None


def _fresh(services: Services, session_id: UUID, clean: list[NewMessage], now: datetime) -> list[Message]:
    ids = uuid7s(now, services.entropy, len(clean))
    return [
        message(one, session_id=session_id, message_id=one.id or own, now=now)
        for one, own in zip(clean, ids, strict=True)
    ]


def _grown(call: Call, session: Session, draft: Draft, *, created: int) -> SessionWritten:
    stored = fresh = draft.messages
    if draft.appending is not None:
        session = store.append_new(call.tx, session, draft.appending)
    elif fresh:
        org_id = call.principal.org_id
        session, added = store.append(call.tx, org_id, session, fresh, title=title_of(fresh), now=call.now)
        stored = [one for one in fresh if one.id in added]
    if stored or created:
        tell_session(call, session, stored)
    if stored:
        call.emit("session.appended", session.id, session.project_id, messages=len(stored))
    call.note(subject=session.id, project_id=session.project_id, messages=len(stored), redacted=draft.redacted)
    call.quantity = created + len(stored)
    receipt = _receipt(
        call,
        stored=created + len(stored),
        duplicates=len(fresh) - len(stored) + (0 if created or fresh else 1),
        redacted=draft.redacted,
        pending=("searchable",) if stored else (),
    )
    return SessionWritten(session=session, receipt=receipt)


def _receipt(
    call: Call, *, stored: int = 0, duplicates: int = 0, redacted: int = 0, pending: tuple[str, ...] = ()
) -> Receipt:
    return Receipt(stored=stored, stored_at=call.now, duplicates=duplicates, redacted=redacted, pending=pending)
