"""List the organization's domains."""

from contextfs.domain.sso.model import Domains
from contextfs.journeys.signin import domains
from contextfs.kit.call import Call


def handle(call: Call) -> Domains:
    """List the domains that the organization has claimed, and which of them are proven."""
    return domains.listed(call)
