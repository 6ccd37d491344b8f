"""Publish what a crash left in the outbox."""

from contextfs.journeys.react.relay import relay_once
from contextfs.runtime.events.sweep import Sweep


def handle(sweep: Sweep) -> None:
    """Publish until the outbox is empty."""
    while relay_once(sweep.platform, sweep.bus, sweep.clock):
        pass
