"""List reviews."""

from uuid import UUID

from contextfs.domain.reviews.model import Review, ReviewState
from contextfs.journeys.consolidate import queue
from contextfs.kit.call import Call
from contextfs.kit.page import Cursor, Limit, Page


def handle(
    call: Call,
    *,
    project_id: UUID | None = None,
    state: ReviewState = "open",
    limit: Limit = 50,
    cursor: Cursor | None = None,
) -> Page[Review]:
    """List what waits for a decision, or what is settled and can be undone, latest first."""
    return queue.page(call, project_id, state, limit=limit, cursor=cursor)
