"""Remake the organization's vectors."""

from contextfs.domain.search.generations import Reindexing
from contextfs.journeys.find.reindex import reindex
from contextfs.kit.call import Call


def handle(call: Call) -> Reindexing:
    """Start making vectors with the model that is set now, or continue; search uses the existing ones meanwhile."""
    return reindex(call)
