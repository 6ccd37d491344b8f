"""Delete an export."""

from uuid import UUID

from contextfs.journeys.export import requests
from contextfs.kit.call import Call


def handle(call: Call, export_id: UUID) -> None:
    """Delete an export with its file; links to it stop working."""
    requests.delete(call, export_id)
