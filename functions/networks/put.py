"""Set the networks that may call the organization."""

from contextfs.domain.networks.model import AllowList, AllowListChange
from contextfs.journeys.enter.networks import change
from contextfs.kit.call import Call


def handle(call: Call, body: AllowListChange) -> AllowList:
    """Set the networks that the organization may be called from; the caller's own address must be in one of them."""
    return change(call, body)
