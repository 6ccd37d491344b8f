"""Query memories by exact conditions."""

import msgspec

from contextfs.domain.memories.model import Memory
from contextfs.domain.memories.query import Query, filter_of
from contextfs.journeys.find.noted import note_question
from contextfs.journeys.remember import memories
from contextfs.kit.call import Call
from contextfs.kit.page import Page


def handle(call: Call, body: Query) -> Page[Memory]:
    """Return the memories that meet every condition, newest first, as they are or were known at a time."""
    page = memories.listed(call, filter_of(body), body.as_of, limit=body.limit, cursor=body.cursor)
    note_question(call, msgspec.json.encode(body, order="sorted").decode(), len(page.items))
    return page
