"""Add a memory."""

from contextfs.domain.memories.model import MemoryWritten, NewMemory
from contextfs.domain.redaction import store as redaction
from contextfs.journeys.remember import memories
from contextfs.kit.call import Call
from contextfs.kit.fields import Wait
from contextfs.kit.ports import Statement


def ahead(body: NewMemory) -> list[Statement]:
    """Give what is asked first."""
    return [redaction.choosing(body.project_id)]


def handle(call: Call, body: NewMemory, wait: Wait = None) -> MemoryWritten:  # noqa: ARG001 - the door waits
    """Add a memory; one that says the same in the same project is given back instead of stored twice.

    Without a `type` it is a fact, unless the same is known as something else.
    """
    return memories.add(call, body)
