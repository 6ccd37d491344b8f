"""Give up a domain."""

from contextfs.journeys.signin import domains
from contextfs.kit.call import Call


def handle(call: Call, domain: str) -> None:
    """Give up a domain: its addresses no longer make anybody a member."""
    domains.release(call, domain)
