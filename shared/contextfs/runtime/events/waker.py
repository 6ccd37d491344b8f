"""Wake the relay after a commit, without making the caller wait: many wishes in a moment become one."""

import logging
import threading

from contextfs.kit.errors import ContextFSError
from contextfs.kit.ports import Database, Statement

_log = logging.getLogger(__name__)
CHANNEL = "contextfs_outbox"
_PAUSE_SECONDS = 0.02
_NOTIFY: Statement = (f"select pg_notify('{CHANNEL}', '')", None)


class Waker:
    """Notifies the relay from a thread of its own. A wish that is lost costs the relay's next look, nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wish = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def wake(self) -> None:
        """Ask for a look at the outbox."""
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="waker", daemon=True)
                    self._thread.start()
        self._wish.set()

    def close(self) -> None:
        """Stop the thread."""
        self._closed.set()
        self._wish.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            self._wish.wait()
            if self._closed.is_set():
                return
            self._wish.clear()
            try:
                with self._database.transaction(_NOTIFY, at_once=True):
                    pass
            except ContextFSError as error:
                _log.info("relay not woken", extra={"kind": type(error).__name__})
            self._closed.wait(_PAUSE_SECONDS)
