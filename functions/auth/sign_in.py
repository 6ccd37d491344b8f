"""Read how to sign in here."""

from contextfs.domain.logins.model import SignIn
from contextfs.journeys.signin import service
from contextfs.kit.call import OpenCall


def handle(call: OpenCall) -> SignIn:
    """Read how to sign in: with the provider of an organization, or with the installation's own service."""
    return service.describe(call.services)
