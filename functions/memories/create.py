"""Add a memory."""

from uuid import UUID

from contextfs.domain.memories.model import MemoryWritten, NewMemory
from contextfs.domain.redaction import store as redaction
from contextfs.journeys.remember import memories
from contextfs.journeys.remember.memories import Draft
from contextfs.kit.call import Call, Services
from contextfs.kit.fields import Wait
from contextfs.kit.ports import Statement


def drafted(services: Services, org_id: UUID, body: NewMemory) -> Draft | None:
    """Make a draft, as most projects have it; none, unless this one was seen to be one of these."""
    return memories.drafted(services, body) if services.unchosen.holds(org_id, body.project_id) else None


def ahead(body: NewMemory, draft: Draft | None) -> list[Statement]:
    """Give what is asked first."""
    choosing = redaction.choosing(body.project_id)
    return [choosing] if draft is None else [choosing, draft.looking]


def handle(call: Call, body: NewMemory, draft: Draft | None = None, wait: Wait = None) -> MemoryWritten:  # noqa: ARG001 - the door waits
    """Add a memory; the same text in the same project is returned, not stored twice.

    Without a `type` it is a fact, unless the same is known with another type.
    """
    return memories.add(call, body, draft)
