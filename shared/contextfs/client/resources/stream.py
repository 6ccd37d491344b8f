"""A session as a stream: `client.sessions.stream(id)` appends, `client.sessions.watch(id)` listens. Extra `stream`.

What the server acknowledged is stored, and stays so. When the connection is cut, it is made again, and what was not
acknowledged is sent again, under the same names: nothing is lost, and nothing is stored twice.
"""

import random
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID, uuid4

import msgspec

from contextfs.client.http.errors import Unreachable, error_of, kind_of
from contextfs.client.http.retries import RETRIED, Retries
from contextfs.client.login.address import Address
from contextfs.domain.sessions.model import Message, NewMessage
from contextfs.kit.errors import BadInput, ContextFSError, Invalid, TooLarge, UnsupportedMedia

_MOST_UNACKNOWLEDGED = 128
_OPEN_SECONDS = 10.0
_UNFIT: dict[int, type[ContextFSError]] = {1003: UnsupportedMedia, 1007: BadInput, 1009: TooLarge}
"""What is said of a frame that will not be taken another time either, by close code (RFC 6455, section 7.4.1)."""


class Line:
    """A connection that is made again when it is cut. It does not know what is sent over it."""

    def __init__(self, address: Address, session_id: str, retries: Retries, **query: str) -> None:
        self._url = _url(address, session_id, query)
        self._key = address.key
        self._retries = retries
        self._socket: Any = None
        self._opened = ExitStack()
        self._tried = 0
        self._made = 0.0
        self._stood: float | None = None
        """When it was known to be of use, by a clock that is never set; None before it was made at all."""

    def send(self, text: str) -> bool:
        """Send a text; False when the line is cut."""
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 - an extra of the distribution

        try:
            self._socket.send(text)
        except ConnectionClosed as closed:
            self._cut(closed)
            return False
        return True

    def receive(self, timeout: float | None) -> Any:
        """Give the next frame, or None when none came in time; `CUT` when the line is cut."""
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 - as above

        try:
            text = self._socket.recv(timeout)
        except TimeoutError:
            return None
        except ConnectionClosed as closed:
            self._cut(closed)
            return CUT
        return msgspec.json.decode(text)

    def advanced(self) -> None:
        """Count the tries anew: what was received was not known yet."""
        self._tried, self._stood = 0, time.monotonic()

    def open(self) -> bool:
        """Connect, unless that is so; tells whether the line is a new one. Unreachable when it cannot be made."""
        from websockets.exceptions import InvalidHandshake, InvalidStatus  # noqa: PLC0415 - as above
        from websockets.sync.client import connect  # noqa: PLC0415 - as above

        if self._socket is not None:
            return False
        while True:
            try:
                self._socket = self._opened.enter_context(
                    connect(
                        self._url,
                        additional_headers={"authorization": f"Bearer {self._key}"},
                        open_timeout=_OPEN_SECONDS,
                        max_size=None,
                    )
                )
            except InvalidStatus as refused:
                reply = refused.response
                if reply.status_code not in RETRIED:
                    media_type = reply.headers.get("content-type", "")
                    raise error_of(reply.status_code, media_type, bytes(reply.body or b"")) from None
                self._pause(f"it answered {reply.status_code}")
            except (OSError, TimeoutError, InvalidHandshake) as error:
                self._pause(type(error).__name__)
            else:
                self._made = time.monotonic()
                self._stood = self._stood or self._made
                return True

    def close(self) -> None:
        """Hang up."""
        self._opened.close()
        self._socket = None

    def _cut(self, closed: Any) -> None:
        self.close()
        code, reason = (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")
        if final := _final(code):
            raise final(reason or f"The server ended the stream ({code}).")
        if time.monotonic() - self._made > self._retries.longest_pause:  # it stood, though nothing new was said
            self.advanced()
        self._pause(f"the line was cut ({code})")

    def _pause(self, why: str) -> None:
        """Wait before the next try; Unreachable when that was the last one: a line that stood is tried for a minute."""
        self._tried += 1
        retries = self._retries
        if retries.attempts > 1 and self._stood is not None and time.monotonic() - self._stood < retries.patience:
            retries = msgspec.structs.replace(retries, attempts=self._tried + 1)
        pause = retries.pause(self._tried, None, random.SystemRandom().random())
        if pause is None:
            raise Unreachable(f"The stream cannot be kept up: {why}.")
        time.sleep(pause)


CUT = object()


class SessionStream:
    """Appends to one session. Not to be shared between threads."""

    def __init__(self, line: Callable[..., Line]) -> None:
        self._line = line(stream=uuid4().hex)
        self._seq = 0
        self._waiting: OrderedDict[int, str] = OrderedDict()
        self._ids: dict[int, UUID] = {}

    def append(self, message: NewMessage) -> int:
        """Send a message; gives its number. It waits while 128 are not acknowledged; `flush` waits for all."""
        self._seq += 1
        self._put({"type": "append", "seq": self._seq, "message": message})
        return self._seq

    def complete(self) -> None:
        """Close the session, so that memories are learned from it, and wait until that is stored."""
        self._seq += 1
        self._put({"type": "complete", "seq": self._seq})
        self.flush()

    def flush(self) -> None:
        """Wait until all that was sent is stored."""
        while self._waiting:
            self._take(None)

    def acknowledged(self) -> dict[int, UUID]:
        """Give the ids of the messages that are stored, by their numbers."""
        return dict(self._ids)

    def close(self) -> None:
        """Wait until all is stored, and hang up."""
        try:
            self.flush()
        finally:
            self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._line.close()

    def _put(self, frame: dict[str, Any]) -> None:
        self._waiting[frame["seq"]] = text = msgspec.json.encode(frame).decode()
        if self._line.open():
            self._resend()
        elif not self._line.send(text):
            self._reopen()
        self._take(0)
        while len(self._waiting) >= _MOST_UNACKNOWLEDGED:
            self._take(None)

    def _take(self, timeout: float | None) -> None:
        """Take one acknowledgement, if it comes in time."""
        if self._line.open():
            self._resend()
        frame = self._line.receive(timeout)
        if frame is CUT:
            self._reopen()
        elif frame is not None and frame["type"] == "ack":
            if self._waiting.pop(frame["seq"], None) is not None:
                self._line.advanced()
            self._ids[frame["seq"]] = UUID(frame["id"])
        elif frame is not None and frame["type"] == "refused":
            self._waiting.pop(frame["seq"], None)
            problem = frame["problem"]
            raise Invalid(problem["detail"], where=problem.get("where"))

    def _reopen(self) -> None:
        self._line.open()
        self._resend()

    def _resend(self) -> None:
        """Send what was not acknowledged, in order; a line that is cut on the way is made again."""
        for text in list(self._waiting.values()):
            if not self._line.send(text):
                self._reopen()
                return


def watch(line: Line, *, from_beginning: bool) -> Iterator[Message]:
    """Give the messages of a session as they are said, each once; it ends only with an error, or when it is closed.

    Messages have no order in which they came, to go on from. After a cut, who watches from now on begins
    from the new now if nothing was heard yet; else all that was said is asked for, older messages included.
    """
    known: set[UUID] = set()
    begun = from_beginning
    try:
        while True:
            if line.open():
                line.send(msgspec.json.encode({"type": "watch", "from": "beginning" if begun else "now"}).decode())
            frame = line.receive(None)
            if frame is CUT or frame is None or frame["type"] != "message":
                continue
            begun = True
            message = msgspec.convert(frame["message"], Message, strict=False)
            if message.id not in known:
                known.add(message.id)
                line.advanced()
                yield message
    finally:
        line.close()


def _final(code: int) -> type[ContextFSError] | None:
    """Give the kind of error that ends a stream for good, by its close code; None when it may go well later."""
    if 4400 <= code < 4500 and code - 4000 not in RETRIED:
        return kind_of(code - 4000)
    return _UNFIT.get(code)


def _url(address: Address, session_id: str, query: dict[str, str]) -> str:
    parts = urlsplit(address.url)
    path = f"{parts.path.rstrip('/')}/v1/sessions/{session_id}/stream"
    return urlunsplit(("wss" if parts.scheme == "https" else "ws", parts.netloc, path, urlencode(query), ""))
