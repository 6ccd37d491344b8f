"""Passes a request on to a model as it comes, byte by byte in both directions, and takes a copy on the way.

When the program goes, the model is told to stop; when the model breaks off, so do we, so that the program sees what it
would have seen without us. It chooses no address, knows no key, and stores nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any, Final, NamedTuple

import httpx2

from contextfs.recording import headers as of_headers
from contextfs.recording.copying import Copy

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Refuse = Callable[[int, str], Awaitable[None]]
"""Answers with an error: its status, and one line for people."""

_CONNECT_SECONDS: Final = 15.0
_IDLE_CONNECTIONS: Final = 50
_NO_ADDRESS: Final = 400
_TOO_LARGE: Final = 413
_TOO_LONG: Final = 414
_LONGEST: Final = 65_536
"""Characters of an address that the HTTP client takes."""
_NO_CONNECTION: Final = 502
_LATE: Final = 504


class Way(NamedTuple):
    """A request on its way: from whom it comes, where it goes, with which headers, and what is done at its end.

    `back` are the headers of a reply that the program is given. `before_end` is waited for before the reply ends;
    it does not raise.
    """

    scope: Scope
    receive: Receive
    send: Send
    url: str
    onward: list[tuple[bytes, bytes]]
    refuse: Refuse
    copy: Copy | None = None
    back: Callable[[of_headers.Raw], list[tuple[bytes, bytes]]] = of_headers.back
    before_end: Callable[[], Awaitable[None]] | None = None


class Passing:
    """Passes requests on by one HTTP client. It waits as long as models think, for as many at once as there are."""

    def __init__(self, *, most_bytes: int | None = None, silence: float | None = None) -> None:
        """Refuse requests of more than `most_bytes`, and stop waiting after so many seconds of `silence`."""
        self._most_bytes = most_bytes
        self._http = httpx2.AsyncClient(
            timeout=httpx2.Timeout(silence, connect=_CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=_IDLE_CONNECTIONS),
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def carry(self, way: Way) -> None:
        """Carry a request there and its reply back, until all is said or the program is gone, or it is cancelled."""
        body = _Body(way.receive, self._most_bytes)
        work = asyncio.ensure_future(self._there_and_back(way, body))
        watch = asyncio.ensure_future(body.gone())
        try:
            await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in (work, watch):
                one.cancel()
            await asyncio.gather(work, watch, return_exceptions=True)
        if work.done() and not work.cancelled():
            work.result()

    async def _there_and_back(self, way: Way, body: "_Body") -> None:
        content = body.parts(way.copy) if body.is_announced(way.scope) else None
        # Made anew: a client's own defaults and cookies have no part in it.
        try:
            request = httpx2.Request(way.scope["method"], way.url, headers=way.onward, content=content)
        except httpx2.InvalidURL:
            is_long = len(way.url) > _LONGEST
            longer = f"The address is longer than {_LONGEST} characters: send a shorter one."
            why = longer if is_long else "The address is none that can be asked: look at its path."
            await way.refuse(_TOO_LONG if is_long else _NO_ADDRESS, why)
            return
        try:
            response = await self._http.send(request, stream=True, follow_redirects=False)
        except _TooLarge:
            await way.refuse(_TOO_LARGE, f"The request is larger than {self._most_bytes} bytes: send less at once.")
            return
        except httpx2.TransportError as error:
            address = f"{request.url.scheme}://{request.url.netloc.decode()}"
            late = isinstance(error, httpx2.TimeoutException)
            why = "no connection in time" if late else "no connection"
            await way.refuse(_LATE if late else _NO_CONNECTION, f"{address} does not answer ({why}).")
            return
        try:
            await _hand_back(response, way)
        finally:
            await response.aclose()


class _TooLarge(Exception):
    """A body has more bytes than are passed on."""


class _Body:
    """The body of a request, read once, and whether the one who sent it is still there."""

    def __init__(self, receive: Receive, most: int | None) -> None:
        self._receive = receive
        self._most = most
        self._read = asyncio.Event()
        self._gone = False

    def is_announced(self, scope: Scope) -> bool:
        """Tell whether there is a body; where there is none, nothing has to be read."""
        if any(name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"]):
            return True
        self._read.set()
        return False

    async def parts(self, copy: Copy | None) -> AsyncIterator[bytes]:
        """Give its parts as they come."""
        more, size = True, 0
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._gone = True
                break
            part = message.get("body", b"")
            size += len(part)
            if self._most is not None and size > self._most:
                raise _TooLarge
            if copy is not None:
                copy.asked(part)
            more = message.get("more_body", False)
            yield part
        self._read.set()
        if self._gone:
            await asyncio.Event().wait()  # half a request goes nowhere: whoever waits for more is cancelled

    async def gone(self) -> None:
        """Wait until the program is gone; its request is read before."""
        await self._read.wait()
        while not self._gone:
            self._gone = (await self._receive())["type"] == "http.disconnect"


async def _hand_back(response: httpx2.Response, way: Way) -> None:
    """Give the reply as it comes; where it breaks off, it has no end here either."""
    copy, send = way.copy, way.send
    if copy is not None:
        copy.answered(response.status_code, response.headers)
    raw = way.back(response.headers.raw)
    await send({"type": "http.response.start", "status": response.status_code, "headers": raw})
    with suppress(httpx2.TransportError):
        async for part in response.aiter_raw():
            if copy is not None:
                copy.arrived()
            await send({"type": "http.response.body", "body": part, "more_body": True})
            if copy is not None:
                copy.replied(part)
        if way.before_end is not None:
            await way.before_end()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
