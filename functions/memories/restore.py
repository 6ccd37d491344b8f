"""Bring a deleted memory back."""

from uuid import UUID

from contextfs.domain.memories.model import MemoryWritten
from contextfs.journeys.remember import memories
from contextfs.kit.call import Call
from contextfs.kit.fields import Wait


def handle(call: Call, memory_id: UUID, wait: Wait = None) -> MemoryWritten:  # noqa: ARG001 - the door waits
    """Bring a deleted memory back as it was, by a revision that says so; one that is there stays as it is."""
    return memories.restore(call, memory_id)
