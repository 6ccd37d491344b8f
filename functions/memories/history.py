"""Read a memory's history."""

from uuid import UUID

from contextfs.domain.memories import store
from contextfs.domain.memories.model import History
from contextfs.kit.call import Call


def handle(call: Call, memory_id: UUID) -> History:
    """Read every revision of a memory, newest first, also of a deleted one."""
    return History(memory_id=memory_id, revisions=store.history(call.tx, memory_id))
