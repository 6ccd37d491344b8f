"""Append messages to a session."""

from datetime import datetime
from uuid import UUID

from contextfs.domain.sessions import store
from contextfs.domain.sessions.model import NewMessages, SessionWritten
from contextfs.journeys.capture import sessions
from contextfs.journeys.capture.sessions import Draft
from contextfs.kit.call import Call, Services
from contextfs.kit.fields import Wait
from contextfs.kit.ports import Statement


def ahead(session_id: UUID) -> list[Statement]:
    """Give what is asked first."""
    return [store.holding(session_id)]


def drafted(services: Services, org_id: UUID, session_id: UUID, body: NewMessages, now: datetime) -> Draft | None:
    """Make a draft, as most projects have it; none, unless this session was seen to be of one of these."""
    if not services.unchosen.holds(org_id, session_id):
        return None
    return sessions.drafted(services, session_id, body.messages, now)


def behind(draft: Draft) -> list[Statement]:
    """Give what stores it, in a session to which nothing else was chosen."""
    return [] if draft.appending is None else [draft.appending]


def handle(
    call: Call,
    session_id: UUID,
    body: NewMessages,
    draft: Draft | None = None,
    wait: Wait = None,  # noqa: ARG001 - the door waits
) -> SessionWritten:
    """Append messages in order; a message with a known `external_id` is not stored again."""
    return sessions.append(call, session_id, body.messages, draft)
