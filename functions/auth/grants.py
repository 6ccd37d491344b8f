"""List the programs that may act for you."""

from contextfs.domain.grants.model import Grant
from contextfs.journeys.signin import grants
from contextfs.kit.call import Call
from contextfs.kit.page import Cursor, Limit, Page


def handle(call: Call, limit: Limit = 50, cursor: Cursor | None = None) -> Page[Grant]:
    """List the programs that may act for the caller, newest first."""
    return grants.mine(call, limit=limit, cursor=cursor)
