"""Have the vectors of an organization made anew."""

from contextfs.domain.search.generations import Reindexing
from contextfs.journeys.find.reindex import reindex
from contextfs.kit.call import Call


def handle(call: Call) -> Reindexing:
    """Begin to make vectors by the model that is set now, or go on; search goes on with those that are there."""
    return reindex(call)
