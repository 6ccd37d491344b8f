"""Forget what was kept against repetition, and what audit logs need not keep; note where those end."""

import os

from contextfs.journeys.keep.anchoring import anchor
from contextfs.journeys.keep.expire import expire, expire_exports
from contextfs.journeys.keep.retention import cut
from contextfs.runtime.sweep import Sweep


def handle(sweep: Sweep) -> None:
    """Delete old inbox rows and old replies; cut audit logs; delete exports whose time is over; note where logs end.

    What is stored elsewhere comes last: that it cannot be reached keeps nothing else. That an export cannot be deleted
    keeps no end from being noted.
    """
    expire(sweep.platform, sweep.clock())
    cut(sweep.platform, sweep.pepper, sweep.clock, os.urandom)
    try:
        expire_exports(sweep.platform, sweep.clock(), sweep.blobs())
    finally:
        anchor(sweep.platform, sweep.blobs(), sweep.pepper, sweep.clock())
