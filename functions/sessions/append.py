"""Append messages to a session."""

from uuid import UUID

from contextfs.domain.sessions import store
from contextfs.domain.sessions.model import NewMessages, SessionWritten
from contextfs.journeys.capture import sessions
from contextfs.journeys.capture.clean import policy_by
from contextfs.journeys.capture.sessions import Draft
from contextfs.kit.call import Call, Services
from contextfs.kit.fields import Wait
from contextfs.kit.ports import Statement


def ahead(session_id: UUID) -> list[Statement]:
    """Give what is asked first."""
    return [store.holding(session_id)]


def drafted(services: Services, body: NewMessages) -> Draft:
    """Make a draft, as most projects have it."""
    return sessions.drafted(body.messages, policy_by(services))


def handle(
    call: Call,
    session_id: UUID,
    body: NewMessages,
    draft: Draft | None = None,
    wait: Wait = None,  # noqa: ARG001 - the door waits
) -> SessionWritten:
    """Append messages in their order; those whose `external_id` is stored already are not stored again."""
    return sessions.append(call, session_id, body.messages, draft)
