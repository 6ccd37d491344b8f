"""Ask for memories by exact conditions."""

from contextfs.domain.memories import store
from contextfs.domain.memories.model import Memory
from contextfs.domain.memories.query import Query, filter_of
from contextfs.kit.call import Call
from contextfs.kit.page import Page


def handle(call: Call, body: Query) -> Page[Memory]:
    """Give the memories that meet every condition, newest first."""
    return store.page(call.tx, filter_of(body), now=call.now, limit=body.limit, cursor=body.cursor)
