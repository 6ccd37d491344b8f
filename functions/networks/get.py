"""Read the networks that may call the organization."""

from contextfs.domain.networks import store
from contextfs.domain.networks.model import AllowList
from contextfs.kit.call import Call


def handle(call: Call) -> AllowList:
    """Read the networks that the organization may be called from; an empty list allows all."""
    return store.get(call.tx)
