"""Create a session, with or without its first messages."""

from contextfs.domain.sessions.model import NewSession, SessionWritten
from contextfs.journeys.capture import sessions
from contextfs.kit.call import Call
from contextfs.kit.fields import Wait


def handle(call: Call, body: NewSession, wait: Wait = None) -> SessionWritten:  # noqa: ARG001 - the door waits
    """Create a session with its first messages; a known `external_id` returns the session that has it."""
    return sessions.create(call, body)
