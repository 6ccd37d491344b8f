"""The review queue: `client.reviews`."""

from contextfs.client.http.pages import Listing
from contextfs.client.http.transport import Transport, segment
from contextfs.client.login.address import Id
from contextfs.domain.reviews.model import Decide, Decided, Decision, Review, ReviewState
from contextfs.kit.page import Page

_PATH = "/v1/reviews"


class Reviews:
    """Lists what consolidation is unsure of, and decides it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self, *, project_id: Id | None = None, state: ReviewState = "open", page_size: int | None = None
    ) -> Listing[Review]:
        """List what waits for a decision, or what is settled and can be undone, newest first."""
        query = {"project_id": project_id, "state": state, "limit": page_size}
        return Listing(
            lambda cursor: self._transport.call("GET", _PATH, Page[Review], query=query | {"cursor": cursor})
        )

    def decide(self, review_id: Id, decision: Decision) -> Decided:
        """Accept, reject or keep both; or `undo` a settled review."""
        return self._transport.call("POST", f"{_PATH}/{segment(review_id)}", Decided, body=Decide(decision=decision))
