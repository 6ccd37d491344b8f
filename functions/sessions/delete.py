"""Delete a session."""

from uuid import UUID

from contextfs.journeys.capture import sessions
from contextfs.kit.call import Call


def handle(call: Call, session_id: UUID) -> None:
    """Delete a session with its messages; memories that were learned from it stay."""
    sessions.delete(call, session_id)
