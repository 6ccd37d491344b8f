"""Claim a domain."""

from contextfs.domain.sso.model import Domain, NewDomain
from contextfs.journeys.signin import domains
from contextfs.kit.call import Call


def handle(call: Call, body: NewDomain) -> Domain:
    """Claim a domain for the organization; the reply has the TXT record that proves it."""
    return domains.claim(call, body.domain)
