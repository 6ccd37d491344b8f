"""Change a session."""

from uuid import UUID

from contextfs.domain.sessions.model import SessionChange, SessionWritten
from contextfs.journeys.capture import sessions
from contextfs.kit.call import Call


def handle(call: Call, session_id: UUID, body: SessionChange) -> SessionWritten:
    """Change a session's own fields; what is left out stays as it is."""
    return sessions.change(call, session_id, body)
