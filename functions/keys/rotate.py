"""Rotate an API key."""

from uuid import UUID

from contextfs.domain.access.model import ApiKeyCreated, Rotation
from contextfs.journeys.enter import keys
from contextfs.kit.call import Call


def handle(call: Call, key_id: UUID, body: Rotation) -> ApiKeyCreated:
    """Replace an API key by one with the same permissions; the old one works for `overlap_hours` more."""
    return keys.rotate(call, key_id, body)
