"""List the tokens of directories."""

from contextfs.domain.scim.model import ScimTokens
from contextfs.journeys.provision import tokens
from contextfs.kit.call import Call


def handle(call: Call) -> ScimTokens:
    """List the tokens with which directories send people by SCIM, newest first, without their secrets."""
    return tokens.listed(call)
