"""Store what a tool wrote of a session."""

from uuid import UUID

from contextfs.domain.records.model import NewRecordLines, Record
from contextfs.journeys.capture import records
from contextfs.kit.call import Call


def handle(call: Call, session_id: UUID, body: NewRecordLines) -> Record:
    """Store what a tool wrote of a session, from a line on, without secrets; without lines, the record ends there."""
    return records.put(call, session_id, body)
