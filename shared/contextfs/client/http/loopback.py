"""A line to a server on this machine, by the standard library: without encryption, proxies or redirects.

A library that has these takes longer to load than most commands take, and compression costs more here than it saves.
"""

from http.client import HTTPConnection, HTTPException
from urllib.parse import quote

from contextfs.client.http.line import CONNECT_SECONDS, Answer, Broken, Headers
from contextfs.client.login.address import HERE

_AS_IT_IS = "!$%&'()*+,/:;=?@[]~"
"""What a path and its query keep when they are quoted (RFC 3986): who wrote them has quoted what they had to."""


class Loopback:
    """Keeps its connections, and makes a new one if all are in use."""

    def __init__(self, host: str, port: int, headers: Headers, *, timeout: float) -> None:
        self._place = host.strip("[]"), port
        self._timeout = timeout
        self._common = headers
        self._idle: list[HTTPConnection] = []
        self._is_open = True

    @classmethod
    def to(cls, url: str, headers: Headers, *, timeout: float) -> "Loopback | None":
        """Make a line to an address; None if it is not plainly one of this machine."""
        found = HERE.fullmatch(url)
        return cls(found[1], int(found[2] or 80), headers, timeout=timeout) if found else None

    def send(self, method: str, target: str, content: bytes | None, headers: Headers) -> Answer:
        """Send a request; see `Line`."""
        named = {**self._common, **headers}
        connection = self._connected()
        try:
            answer = _exchanged(connection, method, quote(target, safe=_AS_IT_IS), content, named)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        if not self._is_open:  # another thread hung up meanwhile
            self.close()
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._is_open = False
        while self._idle:
            self._idle.pop().close()

    def _connected(self) -> HTTPConnection:
        """Give a connection that was not ended from the other side while nothing was asked, or a new one."""
        while self._idle:
            kept = self._idle.pop()
            if kept.sock is not None and _is_quiet(kept):
                kept.sock.settimeout(self._timeout)
                return kept
            kept.close()
        made = HTTPConnection(*self._place, timeout=min(self._timeout, CONNECT_SECONDS))
        try:
            made.connect()
        except TimeoutError as error:
            raise Broken("no connection in time") from error
        except (OSError, OverflowError) as error:
            raise Broken("no connection") from error
        made.sock.settimeout(self._timeout)
        return made


def _is_quiet(connection: HTTPConnection) -> bool:
    """Tell whether nothing came while nothing was asked: an end, or what nobody asked for."""
    connection.sock.settimeout(0)
    try:
        connection.sock.recv(1)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def _exchanged(connection: HTTPConnection, method: str, target: str, content: bytes | None, headers: Headers) -> Answer:
    """Send a request and read its answer; `http.client` hangs up where the connection cannot be used again."""
    try:
        connection.request(method, target, body=content, headers=headers)
    except TimeoutError as error:
        raise Broken("the request could not be sent in time") from error
    except OSError:
        pass  # who refuses a request before its end has said why, or the end of the answer tells
    try:
        response = connection.getresponse()
        body = response.read()
    except TimeoutError as error:
        raise Broken("no answer in time") from error
    except OSError as error:
        raise Broken(f"the connection was cut: {error.strerror or error}") from error
    except HTTPException as error:
        raise Broken(f"its answer is not complete: {error!r}") from error
    head = response.headers
    return Answer(response.status, head.get("content-type", ""), head.get("retry-after"), body)
