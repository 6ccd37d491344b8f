"""Renewal: what is worked on is handed to nobody else, however long it takes; after a crash it is, soon."""

import logging
import threading
from collections.abc import Generator
from contextlib import contextmanager

from contextfs.domain.events.model import Delivery
from contextfs.domain.events.rules import LEASE
from contextfs.journeys.react.deliver import renew
from contextfs.kit.clock import Clock
from contextfs.kit.errors import ContextFSError
from contextfs.kit.ports import Database

_log = logging.getLogger(__name__)

EVERY = LEASE / 4


class Renewal:
    """Renews the leases of the deliveries that threads of this process work on."""

    def __init__(self, platform: Database, clock: Clock) -> None:
        self._platform = platform
        self._clock = clock
        self._working: dict[int, Delivery] = {}

    @contextmanager
    def of(self, delivery: Delivery) -> Generator[None]:
        """Renew the lease of a delivery, which this thread works on, until that is done."""
        me = threading.get_ident()
        self._working[me] = delivery
        try:
            yield
        finally:
            del self._working[me]

    def run(self, done: threading.Event) -> None:
        """Renew now and then, until there are no more threads that work."""
        while not done.wait(EVERY.total_seconds()):
            for delivery in list(self._working.values()):
                try:
                    renew(self._platform, delivery, self._clock)
                except ContextFSError as error:
                    _log.warning("lease not renewed", extra={"kind": type(error).__name__})
