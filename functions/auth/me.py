"""Read who is calling."""

from contextfs.domain.logins.model import Myself
from contextfs.journeys.signin import logins
from contextfs.kit.call import Call


def handle(call: Call) -> Myself:
    """Read who is calling and what they may do; a page gets the token that its requests must carry."""
    return logins.myself(call)
