"""Create a source."""

from contextfs.domain.sources.model import NewSource, SourceCreated
from contextfs.journeys.ingest import sources
from contextfs.kit.call import Call


def handle(call: Call, body: NewSource) -> SourceCreated:
    """Create a source that sends conversations into one project; its secret is shown only once."""
    return sources.create(call, body)
