"""Give a domain up."""

from contextfs.journeys.signin import domains
from contextfs.kit.call import Call


def handle(call: Call, domain: str) -> None:
    """Give a domain up: nobody becomes a member by an address of it any more."""
    domains.release(call, domain)
