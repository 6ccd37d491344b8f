"""List exports."""

from contextfs.domain.exports import store
from contextfs.domain.exports.model import Export
from contextfs.kit.call import Call
from contextfs.kit.page import Cursor, Limit, Page


def handle(call: Call, limit: Limit = 50, cursor: Cursor | None = None) -> Page[Export]:
    """List your own exports, newest first."""
    return store.page(call.tx, limit=limit, cursor=cursor, now=call.now)
