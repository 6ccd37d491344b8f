"""Search by meaning."""

from contextfs.domain.search.model import SearchReply, SearchRequest
from contextfs.journeys.find.search import search
from contextfs.kit.call import Call, Outside


def handle(call: Call, body: SearchRequest) -> SearchReply | Outside[SearchReply]:
    """Find memories and messages by meaning; without a model, by words, and the reply says so."""
    return search(call, body, "semantic")
