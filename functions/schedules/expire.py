"""Forget what was kept against repetition, and what audit logs need not keep; note where those end."""

import os

from contextfs.journeys.keep.anchoring import anchor
from contextfs.journeys.keep.expire import expire, expire_exports
from contextfs.journeys.keep.retention import cut
from contextfs.runtime.events.sweep import Sweep


def handle(sweep: Sweep) -> None:
    """Delete old inbox rows and old replies; delete exports whose time is over; note where logs end; cut them.

    What is stored elsewhere comes last: that it cannot be reached keeps nothing else. That an export cannot be deleted
    keeps no end from being noted, and that one cannot be noted no other log from being cut.
    """
    expire(sweep.platform, sweep.clock())
    blobs = sweep.blobs()
    try:
        expire_exports(sweep.platform, sweep.clock(), blobs)
    finally:
        try:
            anchor(sweep.platform, blobs, sweep.pepper, sweep.clock())
        finally:
            cut(sweep.platform, blobs, sweep.pepper, sweep.clock, os.urandom)
