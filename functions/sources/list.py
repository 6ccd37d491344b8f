"""List sources."""

from contextfs.domain.sources import store
from contextfs.domain.sources.model import Source
from contextfs.kit.call import Call
from contextfs.kit.page import Cursor, Limit, Page


def handle(call: Call, limit: Limit = 50, cursor: Cursor | None = None) -> Page[Source]:
    """List sources, newest first, without their secrets."""
    return store.page(call.tx, limit=limit, cursor=cursor)
