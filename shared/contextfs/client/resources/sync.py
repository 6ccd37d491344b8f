"""Sync: `client.sync`."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from uuid import UUID

from contextfs.client.http.transport import Transport
from contextfs.client.login.address import Id, as_uuid
from contextfs.domain.feed.model import Pull, Pulled, Push, Pushed, SentRevision, SentSession, SyncStatus

_PATH = "/v1/sync"


class Sync:
    """Sends a server what a machine has, and reads what changed there. The caller keeps the position."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @contextmanager
    def apart(self) -> "Generator[Sync]":
        """Return the same for a forked process, with its own connections.

        It tries each call once, because the process that it helps tries again.
        """
        transport = self._transport.apart(attempts=1)
        try:
            yield Sync(transport)
        finally:
            transport.close()

    def push(
        self,
        project_id: Id,
        *,
        revisions: Sequence[SentRevision] = (),
        sessions: Sequence[SentSession] = (),
        origin: UUID | None = None,
    ) -> Pushed:
        """Send up to 1000 revisions and 100 sessions; what the server has is not stored twice."""
        body = Push(
            project_id=as_uuid(project_id, "project_id"),
            origin=origin,
            revisions=list(revisions),
            sessions=list(sessions),
        )
        return self._transport.call("POST", f"{_PATH}/push", Pushed, body=body, repeatable=True)

    def pull(self, project_id: Id, *, cursor: int = 0, limit: int = 1000, origin: UUID | None = None) -> Pulled:
        """Read what changed after a position. NotFound if the caller may not see the project."""
        body = Pull(project_id=as_uuid(project_id, "project_id"), cursor=cursor, limit=limit, origin=origin)
        return self._transport.call("POST", f"{_PATH}/pull", Pulled, body=body, repeatable=True)

    def status(self, project_id: Id) -> SyncStatus:
        """Return the current position of a project's feed."""
        query = {"project_id": as_uuid(project_id, "project_id")}
        return self._transport.call("GET", f"{_PATH}/status", SyncStatus, query=query)
