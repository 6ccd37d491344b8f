"""Test the identity provider."""

from contextfs.domain.sso.model import SsoTest
from contextfs.journeys.signin import settings
from contextfs.kit.call import Call, Outside


def handle(call: Call) -> Outside[SsoTest]:
    """Check whether the provider works as it is set up, switched on or not; nothing is changed."""
    return settings.test(call)
