"""Create a session, with its first messages if they are at hand."""

from contextfs.domain.sessions.model import NewSession, SessionWritten
from contextfs.journeys.capture import sessions
from contextfs.kit.call import Call
from contextfs.kit.fields import Wait


def handle(call: Call, body: NewSession, wait: Wait = None) -> SessionWritten:  # noqa: ARG001 - the door waits
    """Create a session with its first messages; an `external_id` that is known gives back the session that has it."""
    return sessions.create(call, body)
