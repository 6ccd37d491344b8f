"""Make a token for a directory."""

from contextfs.domain.scim.model import NewScimToken, ScimTokenCreated
from contextfs.journeys.provision import tokens
from contextfs.kit.call import Call


def handle(call: Call, body: NewScimToken) -> ScimTokenCreated:
    """Make a token by which a directory tells of people by SCIM; its secret is shown this once."""
    return tokens.mint(call, body)
