"""Create an API key."""

from contextfs.domain.access.model import ApiKeyCreated, NewApiKey
from contextfs.journeys.enter import keys
from contextfs.kit.call import Call


def handle(call: Call, body: NewApiKey) -> ApiKeyCreated:
    """Create an API key with at most the caller's own permissions; its secret is shown only once."""
    return keys.create(call, body)
