"""Read how the organization signs in."""

from contextfs.domain.sso.model import Sso
from contextfs.journeys.signin import settings
from contextfs.kit.call import Call


def handle(call: Call) -> Sso:
    """Read how the organization signs in; its client secret is not shown."""
    return settings.read(call)
