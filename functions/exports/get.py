"""Read one export."""

from uuid import UUID

from contextfs.domain.exports.model import ExportLinked
from contextfs.journeys.export import requests
from contextfs.kit.call import Call


def handle(call: Call, export_id: UUID) -> ExportLinked:
    """Read one export; when it is ready, with a link that works for a quarter of an hour."""
    return requests.linked(call, export_id)
