"""Have the projects consolidated in which something was written."""

from contextfs.journeys.consolidate.due import announce
from contextfs.runtime.events.sweep import Sweep


def handle(sweep: Sweep) -> None:
    """Tell of each project that is due."""
    announce(sweep.platform, sweep.bus, sweep.clock)
