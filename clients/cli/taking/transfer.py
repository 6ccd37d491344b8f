"""The import into a server: conversations are sent, a few at once; one that fails does not stop the rest."""

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from uuid import UUID

from clients.cli.taking.reading import Tally
from contextfs.adapters.transcripts import version
from contextfs.adapters.transcripts.files import is_large
from contextfs.adapters.transcripts.normalised import Normalised
from contextfs.client import ContextFS
from contextfs.client.records import bring, read_again
from contextfs.domain.sessions.rules import IN_ANOTHER_FORM
from contextfs.kit.errors import ContextFSError, NotAllowed, NotAuthenticated, Unavailable
from contextfs.kit.fields import Wait
from contextfs.local.records.pieces import is_named_by

_THREADS = 3
_AHEAD = 6
_FATAL = (NotAllowed, NotAuthenticated, Unavailable)


class Sender:
    """Sends conversations, a few at once; two parts of one conversation never at once."""

    def __init__(self, client: ContextFS, project_id: UUID, tally: Tally, *, wait_for: Wait = None) -> None:
        self._client = client
        self._project_id = project_id
        self._tally = tally
        self._wait_for: Wait = wait_for
        self._guard = threading.Lock()
        self._busy: dict[str, threading.Lock] = {}

    def send_all(self, pairs: Iterable[tuple[Path, Normalised]]) -> Iterator[Tally]:
        """Send everything; gives the figures after each conversation. Reading stays only a little ahead."""
        with ThreadPoolExecutor(_THREADS) as pool:
            waiting: set[Future[None]] = set()
            for file, one in pairs:
                waiting.add(pool.submit(self._send, file, one))
                if len(waiting) >= _AHEAD:
                    waiting = self._settle(waiting)
                    yield self._tally
            while waiting:
                waiting = self._settle(waiting)
                yield self._tally

    def _settle(self, waiting: set[Future[None]]) -> set[Future[None]]:
        done, rest = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()
        return rest

    def _send(self, file: Path, one: Normalised) -> None:
        with self._guard:
            lock = self._busy.setdefault(one.external_id, threading.Lock())
        try:
            with lock:
                captured = self._client.sessions.capture(
                    one.tool,
                    one.external_id,
                    one.messages,
                    project_id=self._project_id,
                    ended_at=one.ended_at,
                    wait=self._wait_for,
                    **one.session_fields(),
                )
                self._record(file, one, captured.session.id)
        except _FATAL:
            raise
        except ContextFSError as error:
            is_known = error.detail == IN_ANOTHER_FORM
            with self._guard:
                (self._tally.skipped_files if is_known else self._tally.failed).append((str(file), error.detail))
            return
        with self._guard:
            self._tally.add(captured)

    def _record(self, file: Path, one: Normalised, session_id: UUID) -> None:
        """Bring what the tool wrote there, too, where its file is this one conversation."""
        if is_named_by(file, one.external_id) and not is_large(file):
            reader, server = version(one.tool), self._client.sessions
            if bring(file.read_bytes(), server, session_id, reader=reader) and (one.left or one.aside):
                read_again(server, session_id, reader=reader)
