"""`ctx review` in the store of this folder."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from clients.cli.here.background import after_a_change
from clients.cli.here.store import opened
from contextfs.domain.reviews.model import Decided, Decision, Review, ReviewState
from contextfs.local.place import Place
from contextfs.local.reviews import queue
from contextfs.local.sessions import learning
from contextfs.local.sessions.store import LocalSessions
from contextfs.local.store import LocalStore


class LocalQueue:
    """The queue of an open store."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store
        self.decided = 0

    def reviews(self, state: ReviewState, limit: int) -> Sequence[Review]:
        """List reviews."""
        return queue.reviews(self._store, state)[:limit]

    def decide(self, text: str, decision: Decision) -> Decided:
        """Decide the review whose id starts or ends with some digits."""
        state: ReviewState = "settled" if decision == "undo" else "open"
        decided = queue.decide(self._store, queue.find(self._store, text, state), decision)
        self.decided += 1
        return decided


@contextmanager
def opened_queue(place: Place) -> Generator[LocalQueue]:
    """Open the queue; what is sure is done before."""
    with opened(place) as store:
        learning.finish(LocalSessions(store))
        found = LocalQueue(store)
        yield found
    if found.decided:
        after_a_change(place)
