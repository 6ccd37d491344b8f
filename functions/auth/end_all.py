"""End all logins."""

from contextfs.domain.logins.model import Ended
from contextfs.journeys.signin import logins
from contextfs.kit.call import Call


def handle(call: Call) -> Ended:
    """Sign out everywhere: all logins of the caller end, including this one."""
    return logins.end_everywhere(call)
