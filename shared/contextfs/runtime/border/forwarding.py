"""A request goes on to the region that it belongs to: its body and the reply pass as they come, and nothing is kept."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from weakref import WeakKeyDictionary

import httpx2
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from contextfs.kit import cookieless
from contextfs.kit.errors import Unavailable
from contextfs.runtime.border.whose import is_proxied
from contextfs.runtime.proxying.endpoint import SILENCE_SECONDS

_log = logging.getLogger(__name__)
_CONNECT_SECONDS = 5.0
SECONDS = 300.0
"""How long the other region may be silent: longer than any call of the manifest may take."""
PROXIED_SECONDS = SILENCE_SECONDS + 30
"""… and longer than it waits for a model itself, so that it is the one to say that the model is silent."""

_HOP_BY_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te"}
    | {b"trailer", b"transfer-encoding", b"upgrade"}
)
"""Headers of one connection (RFC 9110, section 7.6.1); each side has its own."""
_OF_THIS_WAY = _HOP_BY_HOP | {b"host", b"expect", b"x-forwarded-for", b"forwarded"}
_SILENT = "The region where this organization lives does not answer. Nothing was done: try again later."
_CUT = (
    "The region where this organization lives broke off. Whether it was done is not known: send it again with the same "
    "Idempotency-Key."
)

Raw = list[tuple[bytes, bytes]]


def onward(raw: Iterable[tuple[bytes, bytes]]) -> Raw:
    """Give the headers of a request that goes on; what says from where it came is told by the passport alone."""
    return [(name, value) for name, value in raw if name.lower() not in _OF_THIS_WAY]


def back(raw: Iterable[tuple[bytes, bytes]]) -> Raw:
    """Give the headers of a reply that goes back."""
    return [(name.lower(), value) for name, value in raw if name.lower() not in _HOP_BY_HOP]


class Forwarding:
    """Hands requests on. It does not decide which, and does not try again: whoever calls does, by the same key."""

    def __init__(self) -> None:
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx2.AsyncClient] = WeakKeyDictionary()

    async def carry(self, scope: Scope, receive: Receive, send: Send, url: str, headers: Raw) -> None:
        """Send a request on to a URL and its reply back; Unavailable when there is none."""
        reached = False

        async def parts(first: bytes) -> AsyncIterator[bytes]:
            nonlocal reached
            reached = True
            yield first
            async for part in _rest(receive):
                yield part

        first, ends = await _part(receive)
        content = first if ends else parts(first)
        silence = PROXIED_SECONDS if is_proxied(scope["path"]) else SECONDS
        extensions = {"timeout": _within(silence).as_dict()}
        request = httpx2.Request(scope["method"], url, headers=headers, content=content or None, extensions=extensions)
        try:
            response = await self._client().send(request, stream=True, follow_redirects=False)
        except ClientDisconnect:
            return
        except httpx2.TransportError as error:
            never = isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)) and not reached
            raise unavailable(error, never=never) from error
        try:
            await _hand_back(response, send)
        finally:
            with suppress(httpx2.TransportError):
                await response.aclose()

    async def ask(self, url: str, headers: Raw) -> httpx2.Response:
        """Ask another region and read its reply whole."""
        try:
            return await self._client().get(url, headers=headers, follow_redirects=False)
        except httpx2.TransportError as error:
            raise unavailable(error, never=True) from error

    async def close(self) -> None:
        """Give the connections of this loop back."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    def _client(self) -> httpx2.AsyncClient:
        """Give the client of this loop: Lambda has another one for each call."""
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = httpx2.AsyncClient(
                timeout=_within(SECONDS), trust_env=False, cookies=cookieless.jar()
            )
        return self._clients[loop]


def unavailable(error: Exception, *, never: bool) -> Unavailable:
    """Say what an error means to who called: that nothing was done, or that nobody knows."""
    _log.warning("region does not answer", extra={"kind": type(error).__name__, "never_sent": never})
    return Unavailable(_SILENT if never else _CUT)


def _within(silence: float) -> httpx2.Timeout:
    return httpx2.Timeout(silence, connect=_CONNECT_SECONDS, pool=_CONNECT_SECONDS)


async def _part(receive: Receive) -> tuple[bytes, bool]:
    """Read a part of the body, and whether it is the last."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), not message.get("more_body", False)


async def _rest(receive: Receive) -> AsyncIterator[bytes]:
    ends = False
    while not ends:
        part, ends = await _part(receive)
        yield part


async def _hand_back(response: httpx2.Response, send: Send) -> None:
    """Send a reply on as it comes; one that breaks off is cut off here too, and never looks whole."""
    start = {"type": "http.response.start", "status": response.status_code, "headers": back(response.headers.raw)}
    await send(start)
    async for part in response.aiter_raw():
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
