"""Read the organization's region."""

from contextfs.domain.homes.model import Residency
from contextfs.journeys.enter.residency import read
from contextfs.kit.call import Call


def handle(call: Call) -> Residency:
    """Read in which region the organization's data is, and what happens to calls that arrive in another one."""
    return read(call)
