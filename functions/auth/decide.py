"""Decide about a device."""

from contextfs.domain.devices.model import Decided, Decision
from contextfs.journeys.signin import devices
from contextfs.kit.call import Call


def handle(call: Call, body: Decision) -> Decided:
    """Say of the device that shows a code whether it may act for the caller: if so, it gets a key of theirs."""
    return devices.decide(call, body)
