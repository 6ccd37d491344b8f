"""List API keys."""

from uuid import UUID

from contextfs.domain.access import store
from contextfs.domain.access.model import ApiKey
from contextfs.kit.call import Call
from contextfs.kit.page import Cursor, Limit, Page


def handle(call: Call, user_id: UUID | None = None, limit: Limit = 50, cursor: Cursor | None = None) -> Page[ApiKey]:
    """List API keys, newest first, without their secrets, each with its last use; `user_id`: those of one member."""
    return store.key_page(call.tx, limit=limit, cursor=cursor, user_id=user_id)
