"""Delete a source."""

from uuid import UUID

from contextfs.journeys.ingest import sources
from contextfs.kit.call import Call


def handle(call: Call, source_id: UUID) -> None:
    """End a source: new deliveries are refused, what it sent stays."""
    sources.delete(call, source_id)
