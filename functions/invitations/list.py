"""List invitations."""

from contextfs.domain.access.invitations import store
from contextfs.domain.access.invitations.model import Invitation
from contextfs.kit.call import Call
from contextfs.kit.page import Cursor, Limit, Page


def handle(call: Call, *, open: bool = False, limit: Limit = 50, cursor: Cursor | None = None) -> Page[Invitation]:  # noqa: A002 - the parameter's name in the API
    """List invitations, newest first, without their tokens; with `open`, those that can still be accepted."""
    return store.page(call.tx, call.now, is_open=open, limit=limit, cursor=cursor)
