"""Read lines of a session's record."""

from uuid import UUID

from contextfs.domain.records.model import LineNumber, RecordLines
from contextfs.journeys.capture import records
from contextfs.kit.call import Call


def handle(call: Call, session_id: UUID, line: LineNumber = 0) -> RecordLines:
    """Read what a tool wrote of a session, without secrets, from a line on; `next_line` is where to continue."""
    return records.lines(call, session_id, line)
