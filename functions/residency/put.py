"""Say what becomes of calls that arrive in another region."""

from contextfs.domain.homes.model import Residency, ResidencyChange
from contextfs.journeys.enter.residency import change
from contextfs.kit.call import Call


def handle(call: Call, body: ResidencyChange) -> Residency:
    """Have calls that arrive in another region forwarded to the organization's own, or refused there with its address.

    The other regions know it within a minute.
    """
    return change(call, body)
