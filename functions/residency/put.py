"""Set what happens to calls in another region."""

from contextfs.domain.homes.model import Residency, ResidencyChange
from contextfs.journeys.enter.residency import change
from contextfs.kit.call import Call


def handle(call: Call, body: ResidencyChange) -> Residency:
    """Forward calls that arrive in another region to the organization's own, or refuse them there with its address.

    The other regions know within a minute.
    """
    return change(call, body)
