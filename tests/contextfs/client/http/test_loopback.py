"""A line to a server on this machine, against servers that speak HTTP in each of its forms, and wrongly."""

import re
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO

import pytest

from contextfs.client.http.line import Broken
from contextfs.client.http.loopback import Loopback


class Last(bytes):
    """An answer after which the server hangs up."""


@dataclass
class Server:
    """Answers each request with the next of some texts. It keeps what it was sent."""

    answers: list[bytes]
    url: str = ""
    connections: int = 0
    requests: list[bytes] = field(default_factory=list[bytes])

    def serve(self, listener: socket.socket) -> None:
        """Take one connection after the other, until nobody listens."""
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                self.connections += 1
                with connection, suppress(OSError):
                    self.talk(connection)

    def talk(self, connection: socket.socket) -> None:
        """Answer requests of one connection until an answer is to end it."""
        sent = connection.makefile("rb")
        while request := _request(sent):
            self.requests.append(request)
            answer = self.answers.pop(0)
            connection.sendall(answer)
            if isinstance(answer, Last):
                return


def _request(sent: BinaryIO) -> bytes:
    """Read one request to its end, in however many pieces it comes."""
    head = b""
    while (told := sent.readline()) not in {b"", b"\r\n"}:
        head += told
    length = re.search(rb"(?i)^content-length: (\d+)", head, re.MULTILINE)
    return head and head + b"\r\n" + sent.read(int(length[1]) if length else 0)


@contextmanager
def serving(*answers: bytes) -> Generator[Server]:
    """Serve on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server([*answers], url=_url(listener))
        thread = threading.Thread(target=server.serve, args=(listener,))
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextmanager
def line(url: str, key: str = "k") -> Generator[Loopback]:
    """Make a line that is closed in the end, so that who serves it may end, too."""
    made = Loopback.to(url, {"authorization": f"Bearer {key}"}, timeout=5)
    assert made is not None
    try:
        yield made
    finally:
        made.close()


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@pytest.mark.parametrize(
    "answer",
    [
        OK,
        b"HTTP/1.1 200\r\nContent-Length:2\r\n\r\nok",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;a=b\r\nk\r\n0\r\ntrailer: t\r\n\r\n",
        Last(b"HTTP/1.0 200 OK\r\n\r\nok"),
    ],
    ids=["length", "no phrase", "goes on", "chunks", "until the end"],
)
def test_each_form_of_an_answer_is_read(answer: bytes) -> None:
    with serving(answer) as server, line(server.url) as mine:
        told = mine.send("GET", "/v1/x?a=1", None, {})

    assert (200, b"ok") == (told.status, told.content)
    assert server.requests[0].startswith(b"GET /v1/x?a=1 HTTP/1.1\r\nHost: 127.0.0.1:")


def test_what_is_asked_for_of_a_head_is_told() -> None:
    answer = b"HTTP/1.1 503 No\r\nRETRY-AFTER: 7\r\nContent-Type: text/plain\r\ncontent-length: 0\r\n\r\n"
    with serving(answer) as server, line(server.url) as mine:
        told = mine.send("POST", "/", b"{}", {"content-type": "application/json"})

    assert (503, "text/plain", "7", b"") == told
    assert b"Content-Length: 2\r\n" in server.requests[0]
    assert b"".join(server.requests).endswith(b"\r\n\r\n{}")


def test_a_connection_is_used_again_until_the_other_side_ends_it() -> None:
    nothing = b"HTTP/1.1 204 No Content\r\n\r\n"
    last = Last(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok")
    with serving(OK, nothing, last, OK) as server, line(server.url) as mine:
        told = [mine.send("GET", "/", None, {}).content for _ in range(4)]

    assert [b"ok", b"", b"ok", b"ok"] == told
    assert server.connections == 2


def test_a_connection_that_ended_meanwhile_is_made_anew() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, line(_url(listener)) as mine:

        def once() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(OK)

        for _ in range(2):
            thread = threading.Thread(target=once)
            thread.start()
            answer = mine.send("GET", "/", None, {})
            thread.join()  # it has hung up now, and said nothing of that before

            assert answer.content == b"ok"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nok",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"x" * 100_000,
    ],
    ids=["nothing", "short", "half a chunk", "ssh", "endless"],
)
def test_what_is_no_whole_answer_is_none(answer: bytes) -> None:
    with serving(Last(answer)) as server, line(server.url) as mine, pytest.raises(Broken) as told:
        mine.send("GET", "/", None, {})

    assert told.value.may_help


def test_a_path_is_one_word_of_the_request() -> None:
    with serving(OK) as server, line(server.url) as mine:
        mine.send("GET", "/v1/a b?q=é%20", None, {})

    assert server.requests[0].startswith(b"GET /v1/a%20b?q=%C3%A9%20 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:1", "http://example.com", "http://127.0.0.1:1/v", "http://127.0.0.1@evil.example"]
)
def test_what_is_not_plainly_this_machine_gets_no_such_line(url: str) -> None:
    assert Loopback.to(url, {}, timeout=1) is None


def test_where_nobody_listens_the_words_say_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with line(f"http://localhost:{port}") as mine, pytest.raises(Broken, match="no connection"):
        mine.send("GET", "/", None, {})


def test_a_line_that_is_closed_keeps_no_connection() -> None:
    with serving(OK) as server, line(server.url) as mine:
        mine.close()

        mine.send("GET", "/", None, {})

        assert not mine._idle  # pyright: ignore[reportPrivateUsage] - else nobody tells


def test_who_does_not_answer_in_time_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Loopback.to(_url(listener), {}, timeout=0.05)
        assert made is not None
        with pytest.raises(Broken, match="no answer in time"):
            made.send("GET", "/", None, {})


def _url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"
