"""Read from where the organization may be called."""

from contextfs.domain.networks import store
from contextfs.domain.networks.model import AllowList
from contextfs.kit.call import Call


def handle(call: Call) -> AllowList:
    """Read the networks that the organization may be called from; without any, it may be from everywhere."""
    return store.get(call.tx)
