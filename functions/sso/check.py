"""Check whether a domain is proven."""

from contextfs.domain.sso.model import Domain
from contextfs.journeys.signin import domains
from contextfs.kit.call import Call, Outside


def handle(call: Call, domain: str) -> Outside[Domain]:
    """Look for the record in the domain's DNS; if it is missing, `verified_at` is null and `told` says why."""
    return domains.check(call, domain)
