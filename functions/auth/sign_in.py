"""Tell how somebody signs in here."""

from contextfs.domain.logins.model import SignIn
from contextfs.journeys.signin import service
from contextfs.kit.call import OpenCall


def handle(call: OpenCall) -> SignIn:
    """Tell how somebody signs in: by the provider of their organization, or by the installation's own service."""
    return service.describe(call.services)
