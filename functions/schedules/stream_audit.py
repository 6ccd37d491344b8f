"""Have audit logs streamed that hold something new."""

from contextfs.journeys.keep.streaming import announce
from contextfs.runtime.events.sweep import Sweep


def handle(sweep: Sweep) -> None:
    """Tell of each stream that is due."""
    announce(sweep.platform, sweep.bus, sweep.clock)
