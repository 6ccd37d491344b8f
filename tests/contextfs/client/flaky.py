"""A proxy that fails on purpose: it drops connections before or after the server did its work, and answers 503."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

Fault = Literal["drop the request", "drop the reply", "answer 503", "answer 429", "answer a page", "pass"]

_ANSWERS: dict[Fault, bytes] = {
    "answer 503": b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n",
    "answer 429": b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n",
    "answer a page": b"HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\ncontent-length: 14\r\n\r\n<h1>nginx</h1>",
}


@dataclass
class Flaky:
    """Takes one call from each connection; the faults happen in their order, then every call passes."""

    upstream: str
    faults: list[Fault] = field(default_factory=list[Fault])
    requests: list[bytes] = field(default_factory=list[bytes])
    url: str = ""

    def answer(self, client: socket.socket) -> None:
        """Treat one connection."""
        with client, suppress(OSError):
            request = _read(client)
            if not request:
                return
            self.requests.append(request)
            fault = self.faults.pop(0) if self.faults else "pass"
            if fault == "drop the request":
                return
            reply = _ANSWERS.get(fault) or self._forward(request)
            if fault != "drop the reply":
                client.sendall(reply.replace(b"\r\n", b"\r\nconnection: close\r\n", 1))

    def _forward(self, request: bytes) -> bytes:
        parts = urlsplit(self.upstream)
        with socket.create_connection((parts.hostname or "", parts.port or 80)) as server:
            server.sendall(request.replace(b"\r\n", b"\r\nconnection: close\r\n", 1))
            pieces: list[bytes] = []
            while piece := server.recv(65536):
                pieces.append(piece)
        return b"".join(pieces)


def afar(url: str) -> str:
    """Spell an address so that it is called as one of another machine is: it is not plainly this one's."""
    return url.replace("http:", "HTTP:")


@contextmanager
def flaky(upstream: str, *faults: Fault) -> Generator[Flaky]:
    """Stand before a server."""
    proxy = Flaky(upstream, list(faults))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=_accept, args=(listener, proxy))
        thread.start()
        try:
            yield proxy
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _accept(listener: socket.socket, proxy: Flaky) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        proxy.answer(client)


def _read(client: socket.socket) -> bytes:
    """Read one request: its head, and as much body as the head says."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body
