"""Decide about a device."""

from contextfs.domain.devices.model import Decided, Decision
from contextfs.journeys.signin import devices
from contextfs.kit.call import Call


def handle(call: Call, body: Decision) -> Decided:
    """Decide whether the device that shows a code may act for the caller.

    If so, the device gets a new key of the caller's.
    """
    return devices.decide(call, body)
