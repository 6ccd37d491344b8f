"""List what language models were asked."""

from contextfs.domain.spending import store
from contextfs.domain.spending.model import ModelCall
from contextfs.kit.call import Call
from contextfs.kit.page import Cursor, Limit, Page


def handle(call: Call, *, limit: Limit = 50, cursor: Cursor | None = None) -> Page[ModelCall]:
    """List the calls of language models, newest first, with what each cost."""
    return store.page(call.tx, limit=limit, cursor=cursor)
