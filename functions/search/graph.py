"""Search by meaning, by words, and over the graph of what memories speak of."""

from contextfs.domain.search.model import SearchReply, SearchRequest
from contextfs.journeys.graph.search import search
from contextfs.kit.call import Call


def handle(call: Call, body: SearchRequest) -> SearchReply:
    """Find as hybrid search does, and what shares entities with what was found; each hit's `paths` show the way.

    The graph is that of today: with `as_of` the answer is 422.
    """
    return search(call, body)
