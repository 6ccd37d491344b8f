"""Whether who calls has the permission and the reach that a route needs."""

from contextfs.domain.access.rules import may
from contextfs.kit.errors import NotAllowed
from contextfs.kit.principal import Principal
from contextfs.runtime.table import INVITED, Route


def authorize(principal: Principal, route: Route) -> None:
    """Let pass who may; NotAllowed names what is missing. An invitation opens its own door alone."""
    if (principal.role == INVITED) != (route.needs == INVITED):
        told = "This needs an invitation" if route.needs == INVITED else "An invitation opens nothing but the way in"
        raise NotAllowed(f"{told}: see /v1/invitations/accept.")
    if route.needs != INVITED:
        may(principal, route.needs)
    if route.whole and principal.project_ids is not None:
        raise NotAllowed("This needs all projects of the organization: take a key that is not of some projects only.")
