"""Change a memory."""

from uuid import UUID

from contextfs.domain.memories.model import MemoryChange, MemoryWritten
from contextfs.journeys.remember import memories
from contextfs.kit.call import Call
from contextfs.kit.fields import Wait


def handle(call: Call, memory_id: UUID, body: MemoryChange, wait: Wait = None) -> MemoryWritten:  # noqa: ARG001 - the door waits
    """Change a memory with a new revision; what is left out stays, and new content also resolves a conflict."""
    return memories.change(call, memory_id, body)
