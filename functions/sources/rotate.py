"""Rotate the secret of a source."""

from uuid import UUID

from contextfs.domain.sources.model import NewSecret, SourceCreated
from contextfs.journeys.ingest import sources
from contextfs.kit.call import Call


def handle(call: Call, source_id: UUID, body: NewSecret) -> SourceCreated:
    """Give a source a new secret, which is shown only once; the old one works for some hours more."""
    return sources.rotate(call, source_id, body)
