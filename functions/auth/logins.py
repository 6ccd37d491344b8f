"""List your logins."""

from contextfs.domain.logins.model import Login
from contextfs.journeys.signin import logins
from contextfs.kit.call import Call
from contextfs.kit.page import Cursor, Limit, Page


def handle(call: Call, limit: Limit = 50, cursor: Cursor | None = None) -> Page[Login]:
    """List the browsers in which the caller is signed in, newest first."""
    return logins.mine(call, limit=limit, cursor=cursor)
