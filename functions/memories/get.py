"""Read one memory."""

from uuid import UUID

from contextfs.domain.memories import store
from contextfs.domain.memories.model import Memory
from contextfs.journeys.remember import memories
from contextfs.kit.call import Call
from contextfs.kit.fields import AsOf
from contextfs.kit.ports import Statement


def ahead(memory_id: UUID) -> list[Statement]:
    """Give what is asked first."""
    return [store.getting(memory_id)]


def handle(call: Call, memory_id: UUID, as_of: AsOf | None = None) -> Memory:
    """Read one memory as it is, or as it was known at the time `as_of`."""
    return memories.recall(call, memory_id, as_of)
