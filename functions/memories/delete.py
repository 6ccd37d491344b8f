"""Delete a memory."""

from uuid import UUID

from contextfs.journeys.remember import memories
from contextfs.kit.call import Call


def handle(call: Call, memory_id: UUID) -> None:
    """Delete a memory: it is no longer found, its history stays."""
    memories.delete(call, memory_id)
