"""Exports, files with everything that you may see: `client.exports`."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import httpx2

from contextfs.client.http.errors import Unreachable
from contextfs.client.http.pages import Listing
from contextfs.client.http.transport import Transport, segment
from contextfs.client.login.address import Id
from contextfs.domain.exports.model import Export, ExportLinked, NewExport
from contextfs.kit.durable import flush, put
from contextfs.kit.errors import ContextFSError, Unavailable
from contextfs.kit.page import Page

_PATH = "/v1/exports"
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
_PART = 1024 * 1024


class Exports:
    """Requests exports, waits for them, and downloads them."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, *, project_id: Id | None = None, audit_log: bool = False) -> Export:
        """Request an export of a project, or of everything that you may see in the organization; it is written later.

        With `audit_log`, it is of the organization's audit log instead.
        """
        project = None if project_id is None else self._transport.address.project(project_id)
        return self._transport.call("POST", _PATH, Export, body=NewExport(project_id=project, audit_log=audit_log))

    def list(self, *, page_size: int | None = None) -> Listing[Export]:
        """List your own exports, newest first."""
        return Listing(
            lambda cursor: self._transport.call(
                "GET", _PATH, Page[Export], query={"limit": page_size, "cursor": cursor}
            )
        )

    def get(self, export_id: Id) -> ExportLinked:
        """Read an export; if it is ready, with a link that works for a quarter of an hour."""
        return self._transport.call("GET", f"{_PATH}/{segment(export_id)}", ExportLinked)

    def delete(self, export_id: Id) -> None:
        """Delete an export with its file."""
        self._transport.send("DELETE", f"{_PATH}/{segment(export_id)}")

    def wait(self, export_id: Id, *, seconds: float = 3600) -> ExportLinked:
        """Wait until an export is ready. ContextFSError says why it failed, Unavailable that it takes longer."""
        until, tried = time.monotonic() + seconds, 0
        while (linked := self.get(export_id)).export.status == "pending":
            if time.monotonic() > until:
                raise Unavailable(f"The export {export_id} is still being written: ask for it later.")
            time.sleep(_PAUSES[min(tried, len(_PAUSES) - 1)])
            tried += 1
        if linked.export.status == "failed":
            raise ContextFSError(f"The export {export_id} failed: {linked.export.failure}")
        return linked

    def fetch(self, linked: ExportLinked, file: Path) -> None:
        """Download an export that is ready into a file, completely or not at all; its hash is checked."""
        if linked.link is None or linked.export.sha256 is None:
            raise Unavailable(f"The export {linked.export.id} is not ready: wait for it.")
        beside, found = file.with_name(f".{file.name}.part"), sha256()
        try:
            with beside.open("wb") as out, self._opened(linked.link) as reply:
                for part in reply.iter_bytes(_PART):
                    found.update(part)
                    out.write(part)
                out.flush()
                flush(out.fileno())
            if found.hexdigest() != linked.export.sha256:
                raise ContextFSError("What arrived is not what was exported: fetch it again.")
            put(beside, file)
        finally:
            beside.unlink(missing_ok=True)

    @contextmanager
    def _opened(self, link: str) -> Generator[httpx2.Response]:
        """Open a link; it leads to the file store, so our key is not sent."""
        address = self._transport.address
        try:
            with (
                httpx2.Client(timeout=60, trust_env=not address.is_loopback) as http,
                http.stream("GET", link) as reply,
            ):
                if not reply.is_success:
                    raise ContextFSError(f"The link was answered with {reply.status_code}: ask for the export again.")
                yield reply
        except httpx2.TransportError as error:
            raise Unreachable(f"The file is not reached ({type(error).__name__}): try again.") from error
