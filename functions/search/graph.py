"""Search by meaning, by words, and over the graph."""

from contextfs.domain.search.model import SearchReply, SearchRequest
from contextfs.journeys.graph.search import search
from contextfs.kit.call import Call


def handle(call: Call, body: SearchRequest) -> SearchReply:
    """Do a hybrid search, and find what shares entities with the hits; each hit's `paths` show how it was reached.

    The graph is today's: `as_of` is answered with 422.
    """
    return search(call, body)
