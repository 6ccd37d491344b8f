"""Request an export."""

from contextfs.domain.exports.model import Export, NewExport
from contextfs.journeys.export import requests
from contextfs.kit.call import Call


def handle(call: Call, body: NewExport) -> Export:
    """Request a file with every memory, version, session and message that you may read, of one project or of all."""
    return requests.create(call, body)
