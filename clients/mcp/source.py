"""Which memory the tools stand on: the store of a folder, or a server. It is found when it is asked for."""

from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from contextfs.adapters.mcp.api import ServerSource
from contextfs.adapters.mcp.port import Source
from contextfs.client import ContextFS
from contextfs.client.http.errors import Unreachable
from contextfs.kit.errors import NotAuthenticated, Unavailable
from contextfs.local import config, place
from contextfs.local.place import Place

_ATTEMPTS = 2
_SECONDS = 20.0


class Sources:
    """Gives the memory that is meant by a folder; one that could not be reached is looked for anew at the next."""

    def __init__(self, folder: Path, *, server: bool) -> None:
        self._folder = folder
        self._server = server
        self._lock = Lock()
        self._client: ContextFS | None = None
        self._local: tuple[Place, Source] | None = None

    def source(self, _context: object) -> Source:
        """Give the memory; Unavailable tells what the user can do where there is none."""
        found = place.find(self._folder) if self._server else place.meant(self._folder)
        if found is not None and not self._server:
            return self._here(found)
        with self._lock:
            client = self._client = self._client or self._connected(found)
        project = config.read(found.config).project.id if found else client.address.project_id
        return ServerSource(
            client.call, project_id=project, now=_now, named_by="the variable CONTEXTFS_PROJECT_ID of `ctx mcp`"
        )

    def _here(self, found: Place) -> Source:
        from clients.mcp.here import LocalSource  # noqa: PLC0415 - the one that is meant is loaded

        with self._lock:
            if self._local is None or self._local[0] != found:
                self._local = (found, LocalSource(found))
            return self._local[1]

    def close(self) -> None:
        """Let go of the server."""
        if self._client is not None:
            self._client.close()

    def _connected(self, found: Place | None) -> ContextFS:
        linked = config.read(found.config).server if found else None
        try:
            return ContextFS(linked.url if linked else None, attempts=_ATTEMPTS, timeout=_SECONDS)
        except (Unreachable, NotAuthenticated) as error:
            absent = f"There is no memory for {self._folder}: the user runs `ctx init` there. {error.detail}"
            raise Unavailable(absent) from error


def _now() -> datetime:
    return datetime.now(UTC)
