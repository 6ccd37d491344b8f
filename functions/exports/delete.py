"""Delete an export."""

from uuid import UUID

from contextfs.journeys.export import requests
from contextfs.kit.call import Call


def handle(call: Call, export_id: UUID) -> None:
    """Delete an export with its file; links to it open nothing any more."""
    requests.delete(call, export_id)
