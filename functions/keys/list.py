"""List API keys."""

from contextfs.domain.access import store
from contextfs.domain.access.model import ApiKey
from contextfs.kit.call import Call
from contextfs.kit.page import Cursor, Limit, Page


def handle(call: Call, limit: Limit = 50, cursor: Cursor | None = None) -> Page[ApiKey]:
    """List API keys, newest first, without their secrets."""
    return store.key_page(call.tx, limit=limit, cursor=cursor)
