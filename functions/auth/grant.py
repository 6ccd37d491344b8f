"""Let a program in."""

from contextfs.domain.grants.model import GrantCreated, NewGrant
from contextfs.journeys.signin import grants
from contextfs.kit.call import Call


def handle(call: Call, body: NewGrant) -> GrantCreated:
    """Let a program act for the caller: it exchanges the code for tokens. The page for this is /oauth/authorize."""
    return grants.create(call, body)
