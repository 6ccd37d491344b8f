"""How the prover asks a server: over HTTP, as anybody can."""

import time
from collections.abc import Mapping
from typing import Any, Protocol, cast

import msgspec

from contextfs.runtime.isolation.model import Party

_LOST = ("request_id",)
_LATER = 429
_WAITS, _LONGEST_SECONDS = 5, 60.0


class Response(Protocol):
    """What of a response is looked at."""

    @property
    def status_code(self) -> int:
        """The status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; names in any case."""
        ...

    @property
    def content(self) -> bytes:
        """The body."""
        ...

    @property
    def text(self) -> str:
        """The body as text."""
        ...


class Web(Protocol):
    """An HTTP client of one server, that keeps no cookies of its own accord."""

    def request(
        self, method: str, url: str, *, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Send one request."""
        ...


def ask(web: Web, party: Party, method: str, path: str, body: Any = None, **headers: str) -> Response:
    """Ask as somebody; names of headers are written with `_` for `-`. Who is told to wait waits, and asks again."""
    sent = {**party.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    content = None if body is None else msgspec.json.encode(body)
    if content is not None:
        sent.setdefault("content-type", "application/json")
    for _ in range(_WAITS):
        response = web.request(method, path, content=content, headers=sent)
        if response.status_code != _LATER:
            return response
        time.sleep(min(float(response.headers.get("retry-after", "1")), _LONGEST_SECONDS))
    return web.request(method, path, content=content, headers=sent)


def told(response: Response) -> object:
    """Read what was answered, but for what is another with every request."""
    try:
        value = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        return response.text
    if not isinstance(value, dict):
        return value
    return {name: one for name, one in cast("dict[str, Any]", value).items() if name not in _LOST}
