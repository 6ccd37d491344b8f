"""Say that a domain is the organization's own."""

from contextfs.domain.sso.model import Domain, NewDomain
from contextfs.journeys.signin import domains
from contextfs.kit.call import Call


def handle(call: Call, body: NewDomain) -> Domain:
    """Say that a domain is the organization's own; the reply tells the TXT record that proves it."""
    return domains.claim(call, body.domain)
