"""Read the progress of reindexing."""

from contextfs.domain.search.generations import Reindexing
from contextfs.journeys.find.reindex import status
from contextfs.kit.call import Call


def handle(call: Call) -> Reindexing:
    """Read which vectors search uses, and the progress of those that will replace them."""
    return status(call)
