"""Tell how far reindexing has come."""

from contextfs.domain.search.generations import Reindexing
from contextfs.journeys.find.reindex import status
from contextfs.kit.call import Call


def handle(call: Call) -> Reindexing:
    """Tell which vectors search asks, and how far those that are to take their place have come."""
    return status(call)
