"""Complete a session."""

from uuid import UUID

from contextfs.domain.sessions.model import SessionWritten
from contextfs.journeys.capture import sessions
from contextfs.kit.call import Call
from contextfs.kit.fields import Moment


def handle(call: Call, session_id: UUID, ended_at: Moment | None = None) -> SessionWritten:
    """Close a session, so that memories are learned from it; later messages open it again."""
    return sessions.complete(call, session_id, ended_at)
