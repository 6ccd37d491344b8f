"""Tell how the service is."""

from contextfs.kit.call import OpenCall
from contextfs.runtime.health import Health, health


def handle(call: OpenCall) -> Health:
    """Tell how the service is, part by part; a part that is missing but not needed reads `degraded`."""
    return health(call.services)
