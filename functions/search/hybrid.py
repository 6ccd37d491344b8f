"""Search by meaning and by words."""

from contextfs.domain.search.model import SearchReply, SearchRequest
from contextfs.journeys.find.search import search
from contextfs.kit.call import Call, Outside


def handle(call: Call, body: SearchRequest) -> SearchReply | Outside[SearchReply]:
    """Find memories and messages by meaning and by words, in one calibrated order."""
    return search(call, body, "hybrid")
