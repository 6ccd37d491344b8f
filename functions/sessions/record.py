"""Read the outline of a session's record."""

from uuid import UUID

from contextfs.domain.records.model import Record
from contextfs.journeys.capture import records
from contextfs.kit.call import Call


def handle(call: Call, session_id: UUID) -> Record:
    """Read the outline of a session's record: how much of what its tool wrote is kept, and in which chunks."""
    return records.outline(call, session_id)
