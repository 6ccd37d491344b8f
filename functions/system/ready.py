"""Tell whether the process can answer calls."""

from contextfs.kit.call import OpenCall
from contextfs.runtime.health import Health, ready


def handle(call: OpenCall) -> Health:
    """Tell whether calls can be answered: 503 when the database does not."""
    return ready(call.services)
