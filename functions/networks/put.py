"""Set from where the organization may be called."""

from contextfs.domain.networks.model import AllowList, AllowListChange
from contextfs.journeys.enter.networks import change
from contextfs.kit.call import Call


def handle(call: Call, body: AllowListChange) -> AllowList:
    """Set the networks that the organization may be called from; the caller's own address has to be in one of them."""
    return change(call, body)
