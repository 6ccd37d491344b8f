"""Read the position of a project's feed."""

from uuid import UUID

from contextfs.domain.feed.model import SyncStatus
from contextfs.journeys.share import pull
from contextfs.kit.call import Call


def handle(call: Call, project_id: UUID) -> SyncStatus:
    """Return the position that a pull would reach, and how much there is."""
    return pull.status(call, project_id)
