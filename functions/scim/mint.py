"""Create a token for a directory."""

from contextfs.domain.scim.model import NewScimToken, ScimTokenCreated
from contextfs.journeys.provision import tokens
from contextfs.kit.call import Call


def handle(call: Call, body: NewScimToken) -> ScimTokenCreated:
    """Create a token with which a directory sends people by SCIM; its secret is shown only once."""
    return tokens.mint(call, body)
