"""Query your own data in SQL."""

from contextfs.domain.sql.model import SqlReply, SqlRequest
from contextfs.journeys.ask.sql import ask
from contextfs.kit.call import Call


def handle(call: Call, body: SqlRequest) -> SqlReply:
    """Run one SELECT over the documented views: things as they are, or as they were at a moment."""
    return ask(call, body)
