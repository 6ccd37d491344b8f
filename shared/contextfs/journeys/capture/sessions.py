"""Create, append to, change, complete and delete a session; each write answers a receipt."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from contextfs.domain.redaction.model import Policy
from contextfs.domain.sessions import store
from contextfs.domain.sessions.model import Message, NewMessage, NewSession, Session, SessionChange, SessionWritten
from contextfs.domain.sessions.rules import are_new, told_tool
from contextfs.journeys.capture.clean import Cleaner, cleaner, cleaner_by, policy_by
from contextfs.journeys.capture.messages import cleaned, message, title_of
from contextfs.journeys.share.telling import tell_session, tell_session_gone
from contextfs.kit.call import Call
from contextfs.kit.errors import Conflict, NotFound
from contextfs.kit.ids import uuid7s
from contextfs.kit.receipt import Receipt


class Coming(NamedTuple):
    """Messages as they are to be stored in a session."""

    messages: list[Message]
    are_new: bool
    """Whether none of them can be stored already."""
    title: str | None
    redacted: int


class Draft(NamedTuple):
    """Messages to append, cleaned by a policy."""

    policy: Policy
    messages: list[NewMessage]
    redacted: int


def drafted(messages: Iterable[NewMessage], policy: Policy) -> Draft:
    """Make a draft of messages to append. It is good where the project has what is taken out by this policy."""
    cleaning = Cleaner(policy)
    clean = [cleaned(new, cleaning) for new in messages]
    return Draft(policy, clean, cleaning.found)


def create(call: Call, new: NewSession) -> SessionWritten:
    """Create a session with its first messages; one that is there already (same tool, external id) is given back."""
    cleaning = cleaner(call, new.project_id)
    clean = cleaning.fields(new, texts=("title",), values=("annotations", "metadata"))
    messages = [cleaned(one, cleaning) for one in new.messages]
    session = store.insert(call.tx, call.principal, new.id or call.new_id(), clean, call.now)
    if session is None:
        session = _known(call, new)
        return _grown(call, session, _coming(call, session.id, messages, cleaning.found), created=0, is_held=False)
    call.emit("session.created", session.id, session.project_id, tool=session.tool)
    call.note(tool=told_tool(session.tool))
    return _grown(call, session, _coming(call, session.id, messages, cleaning.found), created=1)


def append(call: Call, session_id: UUID, messages: list[NewMessage], draft: Draft | None = None) -> SessionWritten:
    """Append messages in their order; those whose external id is stored already are counted as duplicates.

    What can be made of a draft is made before the session is waited for.
    """
    coming = None if draft is None else _coming(call, session_id, draft.messages, draft.redacted)
    session, choice = store.hold(call.tx, session_id)
    call.require_version(session.version)
    policy = policy_by(call.services, choice)
    if coming is None or draft is None or draft.policy != policy:
        draft = drafted(messages, policy)
        coming = _coming(call, session_id, draft.messages, draft.redacted)
    return _grown(call, session, coming, created=0)


def change(call: Call, session_id: UUID, wanted: SessionChange) -> SessionWritten:
    """Change a session's own fields; nobody changes messages."""
    session, choice = store.hold(call.tx, session_id)
    call.require_version(session.version)
    cleaning = cleaner_by(call, choice)
    clean = cleaning.fields(wanted, texts=("title",), values=("annotations", "metadata"))
    changed = store.update(call.tx, session, clean, call.now)
    tell_session(call, changed, before=session)
    call.emit("session.updated", session_id, session.project_id)
    return SessionWritten(session=changed, receipt=_receipt(call, stored=1, redacted=cleaning.found))


def complete(call: Call, session_id: UUID, ended_at: datetime | None, *, learned: bool = False) -> SessionWritten:
    """Close a session: memories are learned from it next, unless who sends it has `learned` from it.

    Closing a closed session changes nothing.
    """
    session, _ = store.hold(call.tx, session_id)
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
    session, _ = store.hold(call.tx, session_id)
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


def _coming(call: Call, session_id: UUID, messages: list[NewMessage], redacted: int) -> Coming:
    ids = uuid7s(call.now, call.services.entropy, len(messages))
    fresh = [
        message(clean, session_id=session_id, message_id=clean.id or one, now=call.now)
        for clean, one in zip(messages, ids, strict=True)
    ]
    return Coming(fresh, are_new(messages), title_of(fresh), redacted)


def _grown(call: Call, session: Session, coming: Coming, *, created: int, is_held: bool = True) -> SessionWritten:
    stored = fresh = coming.messages
    if fresh:
        place = call.tx, call.principal.org_id, session, fresh
        if is_held and coming.are_new:
            session = store.append_new(*place, title=coming.title, now=call.now)
        else:
            session, added = store.append(*place, title=coming.title, now=call.now)
            stored = [one for one in fresh if one.id in added]
    if stored or created:
        tell_session(call, session, stored)
    if stored:
        call.emit("session.appended", session.id, session.project_id, messages=len(stored))
    call.note(subject=session.id, project_id=session.project_id, messages=len(stored), redacted=coming.redacted)
    call.quantity = created + len(stored)
    receipt = _receipt(
        call,
        stored=created + len(stored),
        duplicates=len(fresh) - len(stored) + (0 if created or fresh else 1),
        redacted=coming.redacted,
        pending=("searchable",) if stored else (),
    )
    return SessionWritten(session=session, receipt=receipt)


def _receipt(
    call: Call, *, stored: int = 0, duplicates: int = 0, redacted: int = 0, pending: tuple[str, ...] = ()
) -> Receipt:
    return Receipt(stored=stored, stored_at=call.now, duplicates=duplicates, redacted=redacted, pending=pending)
