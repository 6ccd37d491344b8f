"""What a SIEM does: it takes signed messages over HTTP or HTTPS, and keeps them; or it is slow, or refuses."""

import json
import ssl
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from contextfs.domain.sources.signatures import verified


class Message(NamedTuple):
    """What came: header names are in lower case."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events of the batch."""
        return json.loads(self.body)

    def is_signed_by(self, *secrets: str) -> bool:
        """Check the signature; NotAuthenticated when it is none of these."""
        return verified("standard", secrets, self.headers, self.body, datetime.now(UTC)) == self.headers["webhook-id"]


class Receiver:
    """Listens on this machine; answers with the next of `statuses`, or 204, and not before `held` is set.

    A batch with one of the `disliked` positions is too large for it.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.messages: list[Message] = []
        self.statuses: list[int] = []
        self.disliked: set[int] = set()
        self.location = ""
        self.arrived = threading.Event()
        self.held = threading.Event()
        self.held.set()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.server.server_port}/take"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self.held.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def events(self) -> list[dict[str, Any]]:
        """All events that came, in the order in which they came."""
        return [event for message in self.messages for event in message.events]

    @property
    def positions(self) -> list[int]:
        """Where in the chain they stand."""
        return [event["data"]["position"] for event in self.events]


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.arrived.set()
            receiver.held.wait()
            status = receiver.statuses.pop(0) if receiver.statuses else 204
            if receiver.disliked and receiver.disliked.intersection(
                one["data"]["position"] for one in json.loads(body)
            ):
                status = 413
            if status < 300:
                receiver.messages.append(Message({name.lower(): one for name, one in self.headers.items()}, body))
            self.send_response(status)
            if receiver.location:
                self.send_header("location", receiver.location)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that it overrides
            pass

    return Handler
