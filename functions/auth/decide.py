"""Decide about a device."""

from contextfs.domain.devices.model import Decided, Decision
from contextfs.journeys.signin import devices
from contextfs.kit.call import Call


def handle(call: Call, body: Decision) -> Decided:
    """Decide whether the device that shows a code may act for the caller; if so, it gets one of their keys."""
    return devices.decide(call, body)
