"""Read one session."""

from uuid import UUID

from contextfs.domain.sessions import store
from contextfs.domain.sessions.model import Session
from contextfs.kit.call import Call
from contextfs.kit.ports import Statement


def ahead(session_id: UUID) -> list[Statement]:
    """Give what is asked first."""
    return [store.getting(session_id)]


def handle(call: Call, session_id: UUID) -> Session:
    """Read one session, without its messages."""
    return store.get(call.tx, session_id)
