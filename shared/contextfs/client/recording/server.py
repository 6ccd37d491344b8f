"""Keeps recordings on a server, through its API."""

from collections.abc import Callable
from uuid import UUID

from contextfs.client.client import ContextFS
from contextfs.recording.model import Kept


class ServerSink:
    """Sends sessions to a server, into the client's project. The server takes out secrets before it stores."""

    def __init__(self, client: Callable[[], ContextFS], *, project_id: UUID | None = None) -> None:
        self._make = client
        self._client: ContextFS | None = None
        self._project_id = project_id

    def keep(self, kept: Kept) -> object:
        """Store the messages that are not stored yet."""
        self._client = self._client or self._make()
        captured = self._client.sessions.capture(
            kept.tool,
            kept.external_id,
            kept.messages,
            project_id=self._project_id,
            complete=False,
            model=kept.model,
            metadata=kept.metadata,
            started_at=kept.started_at,
            input_tokens=kept.input_tokens,
            output_tokens=kept.output_tokens,
        )
        return captured.session.id

    def complete(self, session: object) -> None:
        """Close a session."""
        if self._client is not None and isinstance(session, UUID):
            self._client.sessions.complete(session)
