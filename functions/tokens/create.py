"""Change a key for a token."""

from contextfs.domain.access.tokens.model import NewToken, TokenCreated
from contextfs.journeys.enter import tokens
from contextfs.kit.call import Call


def handle(call: Call, body: NewToken) -> TokenCreated:
    """Change the caller's key or login for a token of one project that may no more, and ends within the hour."""
    return tokens.create(call, body)
