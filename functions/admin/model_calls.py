"""List calls to language models."""

from contextfs.domain.spending import store
from contextfs.domain.spending.model import ModelCall
from contextfs.kit.call import Call
from contextfs.kit.page import Cursor, Limit, Page


def handle(call: Call, *, limit: Limit = 50, cursor: Cursor | None = None) -> Page[ModelCall]:
    """List the calls to language models, newest first, with the cost of each."""
    return store.page(call.tx, limit=limit, cursor=cursor)
