"""A line to a server: what every kind of line takes and returns. The address decides the kind."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

Headers = Mapping[str, str]

CONNECT_SECONDS = 5.0


class Answer(NamedTuple):
    """A server's answer: its body as it is, and the headers that are needed."""

    status: int
    media_type: str
    retry_after: str | None
    content: bytes


class Broken(Exception):
    """A request got no answer; the text says why. With `may_help`, the same request may get one later."""

    def __init__(self, why: str, *, may_help: bool = True) -> None:
        super().__init__(why)
        self.may_help = may_help


class Line(Protocol):
    """Sends requests to one server; safe to share between threads. It does not repeat or interpret them."""

    def send(self, method: str, target: str, content: bytes | None, headers: Headers) -> Answer:
        """Send a request to a path with its query, and wait for the answer. Broken says why there is none."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...
