"""The proxy as an ASGI app: each byte goes on as it comes, in both directions; a copy is read when all is over.

Keys stand in headers, which are passed on and neither kept nor told. When the program goes, the model is told to stop;
when the model breaks off, so do we, so that the program sees what it would have seen without us.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import httpx2

from clients.proxy import headers as of_headers
from clients.proxy.copying import Copy
from clients.proxy.upstreams import Upstreams
from contextfs.client.recording.conversation import is_conversation
from contextfs.client.recording.recorder import Recorder

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

STATUS: Final = "/contextfs/status"
"""Answered by the proxy itself: what it kept."""

_CONNECT_SECONDS: Final = 15.0
_IDLE_CONNECTIONS: Final = 50
_ERRORS: Final = {403: "permission_error", 502: "api_error", 504: "timeout_error"}


class Proxy:
    """Passes requests on and hands copies to a recorder. It has no key: who brings none is refused by the model."""

    def __init__(self, upstreams: Upstreams, recorder: Recorder, *, tool: str | None = None) -> None:
        self._upstreams = upstreams
        self._recorder = recorder
        self._tool = tool
        self._too_large = self._under_way = 0
        # It waits as long as models think, for as many at once as there are.
        self._http = httpx2.AsyncClient(
            timeout=httpx2.Timeout(None, connect=_CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=_IDLE_CONNECTIONS),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or live for as long as the server does."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if not of_headers.is_of_this_machine(headers):
            await _refuse(send, 403, "This proxy answers programs of this machine alone: call it as 127.0.0.1.")
        elif scope["path"] == STATUS:
            await self._tell(send)
        else:
            self._under_way += 1
            try:
                await self._pass_on(scope, headers, receive, send)
            finally:
                self._under_way -= 1

    async def _live(self, receive: Receive, send: Send) -> None:
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await self._http.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _pass_on(self, scope: Scope, headers: Mapping[str, str], receive: Receive, send: Send) -> None:
        """Carry a request there and its reply back, until all is said or the program is gone."""
        body = _Body(receive)
        copy = None
        if is_conversation(scope["method"], scope["path"]) and not of_headers.is_off(headers):
            copy = Copy(scope["path"], headers, tool=self._tool, now=_now)
        work = asyncio.ensure_future(self._carry(scope, headers, body, copy, send))
        watch = asyncio.ensure_future(body.gone())
        await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
        for one in (work, watch):
            one.cancel()
        await asyncio.gather(work, watch, return_exceptions=True)
        if copy is not None:
            self._keep(copy)
        if work.done() and not work.cancelled():
            work.result()

    async def _carry(
        self, scope: Scope, headers: Mapping[str, str], body: "_Body", copy: Copy | None, send: Send
    ) -> None:
        request = self._request(scope, headers, body.parts(copy) if body.is_announced(headers) else None)
        try:
            response = await self._http.send(request, stream=True, follow_redirects=False)
        except httpx2.TransportError as error:
            address = f"{request.url.scheme}://{request.url.netloc.decode()}"
            late = isinstance(error, httpx2.TimeoutException)
            why = "no connection in time" if late else "no connection"
            await _refuse(send, 504 if late else 502, f"ctx proxy: {address} does not answer ({why}).")
            return
        try:
            await _hand_back(response, copy, send)
        finally:
            await response.aclose()

    def _request(
        self, scope: Scope, headers: Mapping[str, str], content: AsyncIterator[bytes] | None
    ) -> httpx2.Request:
        """Make the request anew; a client's own defaults and cookies have no part in it."""
        path = scope["raw_path"].partition(b"?")[0].decode("latin-1")
        url = self._upstreams.url(path, scope["query_string"].decode("latin-1"), headers)
        return httpx2.Request(scope["method"], url, headers=of_headers.onward(scope["headers"]), content=content)

    def _keep(self, copy: Copy) -> None:
        self._too_large += copy.too_large
        exchange = copy.exchange()
        if exchange is not None:
            self._recorder.record(exchange)

    async def _tell(self, send: Send) -> None:
        figures = self._recorder.figures()
        told = {name: getattr(figures, name) for name in figures.__struct_fields__}
        await _answer(send, 200, told | {"too_large": self._too_large, "under_way": self._under_way})


class _Body:
    """The body of a request, read once, and whether the one who sent it is still there."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read = asyncio.Event()
        self._gone = False

    def is_announced(self, headers: Mapping[str, str]) -> bool:
        """Tell whether there is a body; where there is none, nothing has to be read."""
        if "content-length" in headers or "transfer-encoding" in headers:
            return True
        self._read.set()
        return False

    async def parts(self, copy: Copy | None) -> AsyncIterator[bytes]:
        """Give its parts as they come."""
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._gone = True
                break
            part = message.get("body", b"")
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


async def _hand_back(response: httpx2.Response, copy: Copy | None, send: Send) -> None:
    """Give the reply as it comes; where it breaks off, it has no end here either."""
    if copy is not None:
        copy.answered(response.status_code, response.headers)
    raw = of_headers.back(response.headers.raw)
    await send({"type": "http.response.start", "status": response.status_code, "headers": raw})
    with suppress(httpx2.TransportError):
        async for part in response.aiter_raw():
            if copy is not None:
                copy.arrived()
            await send({"type": "http.response.body", "body": part, "more_body": True})
            if copy is not None:
                copy.replied(part)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _refuse(send: Send, status: int, why: str) -> None:
    """Answer with an error in the shape that both libraries read."""
    told = {"type": _ERRORS[status], "message": why, "code": None, "param": None}
    await _answer(send, status, {"type": "error", "error": told})


async def _answer(send: Send, status: int, value: Mapping[str, Any]) -> None:
    body = json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _now() -> datetime:
    return datetime.now(UTC)
