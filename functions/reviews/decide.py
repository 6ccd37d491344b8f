"""Decide a review."""

from uuid import UUID

from contextfs.domain.reviews.model import Decide, Decided
from contextfs.journeys.consolidate import queue
from contextfs.kit.call import Call


def handle(call: Call, review_id: UUID, body: Decide) -> Decided:
    """Accept, reject or keep both, or undo a settled review. Each is a revision, and nothing is destroyed."""
    return queue.decide(call, review_id, body.decision)
