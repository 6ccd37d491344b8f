"""Read in which region the organization lives."""

from contextfs.domain.homes.model import Residency
from contextfs.journeys.enter.residency import read
from contextfs.kit.call import Call


def handle(call: Call) -> Residency:
    """Read in which region the organization's data lies, and what becomes of calls that arrive in another one."""
    return read(call)
