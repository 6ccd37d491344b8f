"""Have records read again that an older reader read."""

from contextfs.journeys.capture.reread import announce
from contextfs.runtime.events.sweep import Sweep


def handle(sweep: Sweep) -> None:
    """Tell of each record that is due, as many as are read until the next run."""
    transcripts = sweep.transcripts()
    if transcripts is not None:
        announce(sweep.platform, sweep.bus, sweep.clock, transcripts.versions())
