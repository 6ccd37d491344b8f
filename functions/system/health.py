"""Check the health of the service."""

from contextfs.kit.call import OpenCall
from contextfs.runtime.health import Health, health


def handle(call: OpenCall) -> Health:
    """Return the state of each part of the service; a missing part that is not needed is `degraded`."""
    return health(call.services)
