"""Have sessions completed that nothing came to for a while."""

from contextfs.journeys.capture.idle import announce
from contextfs.runtime.events.sweep import Sweep


def handle(sweep: Sweep) -> None:
    """Tell of each session that is due, unless the installation leaves them open."""
    if sweep.idle is not None:
        announce(sweep.platform, sweep.bus, sweep.clock, sweep.idle)
