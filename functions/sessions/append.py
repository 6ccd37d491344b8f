"""Append messages to a session."""

from uuid import UUID

from contextfs.domain.sessions import store
from contextfs.domain.sessions.model import NewMessages, SessionWritten
from contextfs.journeys.capture import sessions
from contextfs.kit.call import Call
from contextfs.kit.fields import Wait
from contextfs.kit.ports import Statement


def ahead(session_id: UUID) -> list[Statement]:
    """Give what is asked first."""
    return [store.holding(session_id)]


def handle(call: Call, session_id: UUID, body: NewMessages, wait: Wait = None) -> SessionWritten:  # noqa: ARG001 - the door waits
    """Append messages in their order; those whose `external_id` is stored already are not stored again."""
    return sessions.append(call, session_id, body.messages)
