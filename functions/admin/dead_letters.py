"""List events that could not be delivered."""

from contextfs.domain.events import store
from contextfs.domain.events.model import DeadLetter
from contextfs.kit.call import Call
from contextfs.kit.page import Cursor, Limit, Page


def handle(call: Call, limit: Limit = 50, cursor: Cursor | None = None) -> Page[DeadLetter]:
    """List the events that a consumer could not handle, newest first, with the error."""
    return store.dead_letters(call.tx, limit=limit, cursor=cursor)
