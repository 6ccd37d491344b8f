"""Exchange a key for a token."""

from contextfs.domain.access.tokens.model import NewToken, TokenCreated
from contextfs.journeys.enter import tokens
from contextfs.kit.call import Call


def handle(call: Call, body: NewToken) -> TokenCreated:
    """Exchange the caller's key or login for a token for one project, with no more permissions, for an hour at most."""
    return tokens.create(call, body)
