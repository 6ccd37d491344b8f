"""`ctx review` on a server."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from itertools import islice
from uuid import UUID

from clients.cli.there import server
from contextfs.client import ContextFS
from contextfs.domain.reviews.model import Decided, Decision, Review, ReviewState

_MOST_IN_A_PAGE = 200


class ServersQueue:
    """The queue of a server, or of one project of it."""

    def __init__(self, client: ContextFS, project_id: UUID | None) -> None:
        self._client = client
        self._project_id = project_id

    def reviews(self, state: ReviewState, limit: int) -> Sequence[Review]:
        """List reviews."""
        return list(islice(self._listed(state), limit))

    def decide(self, text: str, decision: Decision) -> Decided:
        """Decide the review whose id starts or ends with some digits."""
        listed = self._listed("settled" if decision == "undo" else "open")
        return self._client.reviews.decide(server.whole_id(text, listed, "review"), decision)

    def _listed(self, state: ReviewState) -> Generator[Review]:
        yield from self._client.reviews.list(project_id=self._project_id, state=state, page_size=_MOST_IN_A_PAGE)


@contextmanager
def opened(project: str | None) -> Generator[ServersQueue]:
    """Open the queue."""
    with server.opened() as client:
        yield ServersQueue(client, server.project_id(client, project) if project else None)
