"""A line to a server on this machine: HTTP/1.1 (RFC 9112) over a socket, and nothing else.

Between a program and its own machine there is no encryption, proxy or redirect, and packing costs more than it saves.
What a library has for these takes longer to load than most commands take.
"""

import re
import socket
from collections.abc import Callable

from contextfs.client.address import HERE
from contextfs.client.line import CONNECT_SECONDS, Answer, Broken, Headers
from contextfs.kit.pattern import pattern

_PLAIN = pattern(r"[!-~]+")
_NO_HEADER = pattern(r"[^\t -~]")
_STATUS = pattern(rb"HTTP/1\.[01] (\d{3})(?: .*)?", re.DOTALL)
_DIGITS, _HEX_DIGITS = pattern(rb"\d{1,18}"), pattern(rb"[0-9A-Fa-f]{1,15}")
_LONGEST_HEAD = 65_536
_PART = 262_144
_NO_CONTENT, _NOT_MODIFIED, _FIRST_FINAL = 204, 304, 200

Head = dict[bytes, bytes]


class Loopback:
    """Keeps its connections, and makes one where all are in use."""

    def __init__(self, host: str, port: int, headers: Headers, *, timeout: float) -> None:
        self._place = (host.strip("[]"), port)
        self._timeout = timeout
        self._common = {"host": f"{host}:{port}", "accept-encoding": "identity"} | dict(headers)
        self._idle: list[socket.socket] = []
        self._is_open = True

    @classmethod
    def to(cls, url: str, headers: Headers, *, timeout: float) -> "Loopback | None":
        """Make a line to an address; None where it is not plainly one of this machine."""
        found = HERE.fullmatch(url)
        return cls(found[1], int(found[2] or 80), headers, timeout=timeout) if found else None

    def send(self, method: str, target: str, content: bytes | None, headers: Headers) -> Answer:
        """Send a request; see `Line`."""
        sent = self._common | dict(headers)
        if content is not None or method not in {"GET", "HEAD"}:
            sent["content-length"] = str(len(content or b""))
        if not _PLAIN.fullmatch(target):
            target = _quoted(target)
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        if any(map(_NO_HEADER.search, lines)):
            raise Broken("the key or the path has a character that HTTP does not carry", may_help=False)
        connection = self._connected()
        try:
            answer, is_kept = self._exchanged(connection, "\r\n".join(lines).encode() + b"\r\n\r\n", method, content)
        except BaseException:
            connection.close()
            raise
        if is_kept:
            self._idle.append(connection)
        else:
            connection.close()
        if not self._is_open:  # another thread hung up meanwhile
            self.close()
        return answer

    def close(self) -> None:
        """Give the connections back."""
        self._is_open = False
        while self._idle:
            self._idle.pop().close()

    def _connected(self) -> socket.socket:
        """Give a connection that was not ended from the other side while nothing was asked, or a new one."""
        while self._idle:
            kept = self._idle.pop()
            kept.settimeout(0)
            try:
                kept.recv(1)  # an end, or what nobody asked for: either way it is of no more use
            except BlockingIOError:
                kept.settimeout(self._timeout)
                return kept
            except OSError:
                pass
            kept.close()
        try:
            made = socket.create_connection(self._place, timeout=min(self._timeout, CONNECT_SECONDS))
        except TimeoutError as error:
            raise Broken("no connection in time") from error
        except (OSError, OverflowError) as error:
            raise Broken("no connection") from error
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.settimeout(self._timeout)
        return made

    def _exchanged(
        self, connection: socket.socket, head: bytes, method: str, content: bytes | None
    ) -> tuple[Answer, bool]:
        """Send a request and read its answer; tells whether the connection can be used again."""
        try:
            connection.sendall(head + content if content else head)
        except TimeoutError as error:
            raise Broken("the request could not be sent in time") from error
        except OSError:
            pass  # who refuses a request before its end has said why, or the end of the answer tells
        try:
            return _Reader(connection.recv).answer(method)
        except TimeoutError as error:
            raise Broken("no answer in time") from error
        except OSError as error:
            raise Broken(f"the connection was cut: {error.strerror or error}") from error
        except ValueError as error:
            raise Broken(f"it does not speak HTTP: {error}") from error


class _Reader:
    """Reads one answer. ValueError where it is none."""

    def __init__(self, receive: Callable[[int], bytes]) -> None:
        self._receive = receive
        self._held = bytearray()

    def answer(self, method: str) -> tuple[Answer, bool]:
        """Read an answer to a request by a method; those that only say that one will come are passed over."""
        status, head = self._head()
        while status < _FIRST_FINAL:
            status, head = self._head()
        content, has_end = self._body(method, status, head)
        is_kept = has_end and not self._held and b"close" not in head.get(b"connection", b"").lower()
        retry_after = head.get(b"retry-after")
        told = None if retry_after is None else retry_after.decode("latin-1")
        return Answer(status, head.get(b"content-type", b"").decode("latin-1"), told, content), is_kept

    def _head(self) -> tuple[int, Head]:
        first, *lines = self._until(b"\r\n\r\n").split(b"\r\n")
        found = _STATUS.fullmatch(first)
        if found is None:
            raise ValueError(f"its answer begins with {first[:40]!r}")
        named = (line.partition(b":") for line in lines)
        return int(found[1]), {name.strip().lower(): value.strip() for name, _, value in named}

    def _body(self, method: str, status: int, head: Head) -> tuple[bytes, bool]:
        """Read what follows a head; tells whether it has an end of its own, or that of the connection."""
        if method == "HEAD" or status in {_NO_CONTENT, _NOT_MODIFIED}:
            return b"", True
        if b"chunked" in head.get(b"transfer-encoding", b"").lower():
            return b"".join(iter(self._chunk, b"")), True
        if b"content-length" in head:
            return self._exactly(_size(head[b"content-length"], _DIGITS, 10)), True
        while part := self._receive(_PART):
            self._held += part
        return self._taken(len(self._held)), False

    def _chunk(self) -> bytes:
        size = _size(self._until(b"\r\n").partition(b";")[0].strip(), _HEX_DIGITS, 16)
        if size:
            return self._exactly(size + 2)[:-2]
        while self._until(b"\r\n"):
            continue
        return b""

    def _until(self, end: bytes) -> bytes:
        looked = 0
        while (at := self._held.find(end, looked)) < 0:
            if len(self._held) > _LONGEST_HEAD:
                raise ValueError("a line of its answer has no end")
            looked = max(0, len(self._held) - len(end))
            self._more(_PART)
        return self._taken(at + len(end))[:at]

    def _exactly(self, size: int) -> bytes:
        while (missing := size - len(self._held)) > 0:
            self._more(max(missing, _PART))
        return self._taken(size)

    def _more(self, size: int) -> None:
        part = self._receive(size)
        if not part:
            raise ConnectionError("it hung up before the end of its answer")
        self._held += part

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken


def _size(text: bytes, form: re.Pattern[bytes], base: int) -> int:
    if not form.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no length")
    return int(text, base)


def _quoted(target: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415 - what the SDK asks for is quoted already

    return quote(target, safe="!$%&'()*+,/:;=?@[]~")
