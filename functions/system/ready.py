"""Check that calls can be answered."""

from contextfs.kit.call import OpenCall
from contextfs.runtime.health import Health, ready


def handle(call: OpenCall) -> Health:
    """Check that calls can be answered; 503 if the database does not answer."""
    return ready(call.services)
