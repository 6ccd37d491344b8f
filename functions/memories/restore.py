"""Restore a deleted memory."""

from uuid import UUID

from contextfs.domain.memories.model import MemoryWritten
from contextfs.journeys.remember import memories
from contextfs.kit.call import Call
from contextfs.kit.fields import Wait


def handle(call: Call, memory_id: UUID, wait: Wait = None) -> MemoryWritten:  # noqa: ARG001 - the door waits
    """Restore a deleted memory with a new revision; an existing memory stays as it is."""
    return memories.restore(call, memory_id)
