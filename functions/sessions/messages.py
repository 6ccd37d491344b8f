"""Read the messages of a session."""

from uuid import UUID

from contextfs.domain.sessions import store
from contextfs.domain.sessions.model import Message
from contextfs.kit.call import Call
from contextfs.kit.page import Cursor, Limit, Page


def handle(call: Call, session_id: UUID, limit: Limit = 100, cursor: Cursor | None = None) -> Page[Message]:
    """Read the messages of a session, in their order."""
    store.get(call.tx, session_id)
    return store.messages(call.tx, session_id, limit=limit, cursor=cursor)
