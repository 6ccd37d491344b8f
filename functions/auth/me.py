"""Tell who calls."""

from contextfs.domain.logins.model import Myself
from contextfs.journeys.signin import logins
from contextfs.kit.call import Call


def handle(call: Call) -> Myself:
    """Tell who calls and what they may do; a page gets the token that its requests have to carry."""
    return logins.myself(call)
