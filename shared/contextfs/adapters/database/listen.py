"""Wait for a notification of Postgres, on a connection of its own; a lost one only costs the next look."""

import logging
import time
from typing import Any

import psycopg
from psycopg import sql

from contextfs.adapters.database import address
from contextfs.adapters.database.address import Address
from contextfs.kit.errors import ContextFSError

_log = logging.getLogger(__name__)


class Listener:
    """Listens on one channel. It connects when it has to, and never raises: callers look for work anyway."""

    def __init__(self, url: Address, channel: str) -> None:
        self._url = url
        self._channel = channel
        self._connection: psycopg.Connection[Any] | None = None

    def wait(self, seconds: float) -> None:
        """Return when a notification came, or when the time is up."""
        started = time.monotonic()
        try:
            for _ in self._listening().notifies(timeout=seconds, stop_after=1):
                return
        except (psycopg.Error, ContextFSError) as error:
            _log.info("listener lost its connection", extra={"kind": type(error).__name__})
            self.close()
            time.sleep(max(0.0, min(seconds, 1.0) - (time.monotonic() - started)))

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _listening(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(address.now(self._url), autocommit=True, connect_timeout=5)
            self._connection.execute(sql.SQL("listen {}").format(sql.Identifier(self._channel)))
        return self._connection
