"""Forget what was kept against repetition."""

from contextfs.journeys.keep.expire import expire
from contextfs.runtime.sweep import Sweep


def handle(sweep: Sweep) -> None:
    """Delete old inbox rows, old replies, and exports whose time is over."""
    expire(sweep.platform, sweep.clock(), sweep.blobs())
