"""Seal new entries of the audit log into its chain."""

from contextfs.journeys.keep.audit import seal
from contextfs.runtime.events.sweep import Sweep


def handle(sweep: Sweep) -> None:
    """Seal until nothing is left."""
    seal(sweep.platform)
