"""Rotate an API key."""

from uuid import UUID

from contextfs.domain.access.model import ApiKeyCreated, Rotation
from contextfs.journeys.enter import keys
from contextfs.kit.call import Call


def handle(call: Call, key_id: UUID, body: Rotation) -> ApiKeyCreated:
    """Replace an API key by one that may the same; the old one opens for `overlap_hours` more."""
    return keys.rotate(call, key_id, body)
