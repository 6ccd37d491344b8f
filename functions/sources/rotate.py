"""Rotate the secret of a source."""

from uuid import UUID

from contextfs.domain.sources.model import NewSecret, SourceCreated
from contextfs.journeys.ingest import sources
from contextfs.kit.call import Call


def handle(call: Call, source_id: UUID, body: NewSecret) -> SourceCreated:
    """Give a source a new secret, which is shown this once; the one that it had stays good for some hours."""
    return sources.rotate(call, source_id, body)
