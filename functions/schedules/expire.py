"""Forget what was kept against repetition, and what audit logs need not keep; note where those end."""

import os

from contextfs.journeys.keep.anchoring import anchor
from contextfs.journeys.keep.expire import expire
from contextfs.journeys.keep.retention import cut
from contextfs.runtime.sweep import Sweep


def handle(sweep: Sweep) -> None:
    """Delete old inbox rows, old replies, and exports whose time is over; cut audit logs, and note where they end."""
    expire(sweep.platform, sweep.clock(), sweep.blobs())
    cut(sweep.platform, sweep.pepper, sweep.clock, os.urandom)
    anchor(sweep.platform, sweep.blobs(), sweep.pepper, sweep.clock())
