"""Keeps exchanges in its own thread: a program that hands one over continues at once, whatever happens to it.

What cannot be stored now (a server that does not answer, a locked database) waits in memory, in order, and is tried
again. It is never written to a disk before its secrets are taken out. What is lost in the end is counted and reported.
"""

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from contextfs.kit.errors import ContextFSError, Unavailable
from contextfs.recording.conversation import Reader
from contextfs.recording.model import Exchange, Kept, Sink

MOST_WAITING_BYTES: Final = 256 << 20
"""Bytes of exchanges that may wait; what comes then is not kept, and counted."""

_IDLE_SECONDS: Final = 600.0
_LONGEST_PAUSE_SECONDS: Final = 30.0
_CLOSING_SECONDS: Final = 10.0
_log = logging.getLogger("contextfs")


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a recorder did: exchanges that were kept, that had no answer, and that were lost; and what waits."""

    kept: int
    unanswered: int
    lost: int
    waiting: int


class Recorder:
    """Takes exchanges and hands what was said in them to a sink, in order. Safe to share between threads.

    A conversation without a new message for `idle` seconds is closed, and learned from; so are all at the end.
    """

    def __init__(
        self,
        sink: Sink,
        *,
        reader: Reader | None = None,
        tell: Callable[[str], object] = _log.warning,
        idle: float = _IDLE_SECONDS,
    ) -> None:
        self._sink = sink
        self._reader = reader or Reader()
        self._tell = tell
        self._idle = idle
        self._changed = threading.Condition()
        self._waiting: deque[Exchange | Kept] = deque()
        self._bytes = 0
        self._busy = False
        self._closing = False
        self._thread: threading.Thread | None = None
        self._kept = self._unanswered = self._lost = 0
        self._open: dict[tuple[str, str], tuple[object, float]] = {}
        atexit.register(self.close)

    def record(self, exchange: Exchange | Kept) -> None:
        """Take an exchange, or what was already read of it. This never raises, and never waits for anything slow."""
        with self._changed:
            if self._bytes + exchange.size > MOST_WAITING_BYTES or self._closing:
                self._lost += 1
                return
            self._waiting.append(exchange)
            self._bytes += exchange.size
            if self._thread is None or not self._thread.is_alive():  # also in the child of a fork
                self._thread = threading.Thread(target=self._work, name="contextfs-recorder", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, seconds: float = _CLOSING_SECONDS) -> bool:
        """Wait until everything that was taken is stored; False if the time is over before that."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, seconds)

    def close(self, seconds: float = _CLOSING_SECONDS) -> None:
        """Store what waits, close every conversation, and stop; report what is lost."""
        atexit.unregister(self.close)
        is_done = self.flush(seconds)
        with self._changed:
            if self._closing:
                return
            self._closing = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(seconds if is_done else 0)
        lost = self.figures().lost + self.figures().waiting
        if lost:
            self._tell(f"Exchanges with a model that were not kept: {lost:,}.")

    def figures(self) -> Figures:
        """Return what was done so far."""
        with self._changed:
            waiting = len(self._waiting) + self._busy
            return Figures(kept=self._kept, unanswered=self._unanswered, lost=self._lost, waiting=waiting)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing, self._idle / 4)
                exchange = self._waiting.popleft() if self._waiting else None
                self._busy = exchange is not None
                self._bytes -= exchange.size if exchange else 0
                is_over = exchange is None and self._closing
            if exchange is not None:
                self._take(exchange)
            self._complete(0.0 if is_over else self._idle)
            with self._changed:
                self._busy = False
                self._changed.notify_all()
            if is_over:
                return

    def _take(self, exchange: Exchange | Kept) -> None:
        try:
            kept = exchange if isinstance(exchange, Kept) else self._reader.read(exchange)
            if kept is None:
                self._unanswered += 1
                return
            self._open[kept.tool, kept.external_id] = (self._stored(kept), time.monotonic())
            self._kept += 1
        except ContextFSError as error:
            self._fail(error.detail)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end what goes on beside the caller
            self._fail(f"{type(error).__name__} (a fault of ContextFS)")

    def _stored(self, kept: Kept) -> object:
        """Store it; while the sink cannot be reached, try again until the recorder is closed."""
        pause = 0.5
        while True:
            try:
                return self._sink.keep(kept)
            except Unavailable as error:
                if self._closing:
                    raise
                if pause == 0.5:
                    self._tell(f"what is said with a model waits to be kept: {error.detail}")
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, pause)
                pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)

    def _complete(self, idle: float) -> None:
        """Close the conversations without a new message for some seconds."""
        now = time.monotonic()
        for name, (session, at) in list(self._open.items()):
            if now - at < idle:
                continue
            del self._open[name]
            try:
                self._sink.complete(session)
            except ContextFSError as error:
                self._tell(f"a conversation was kept, and not closed: {error.detail}")

    def _fail(self, why: str) -> None:
        self._lost += 1
        self._tell(f"an exchange with a model was not kept: {why}")
