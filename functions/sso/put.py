"""Set how the organization signs in."""

from contextfs.domain.sso.model import Sso, SsoChange
from contextfs.journeys.signin import settings
from contextfs.kit.call import Call, Outside


def handle(call: Call, body: SsoChange) -> Outside[Sso]:
    """Set how the organization signs in; before a provider is switched on, the server checks that it answers."""
    return settings.change(call, body)
