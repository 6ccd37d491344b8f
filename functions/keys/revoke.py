"""Revoke an API key."""

from uuid import UUID

from contextfs.domain.access.model import ApiKey
from contextfs.journeys.enter import keys
from contextfs.kit.call import Call


def handle(call: Call, key_id: UUID) -> ApiKey:
    """End an API key: the next call with it is refused."""
    return keys.revoke(call, key_id)
