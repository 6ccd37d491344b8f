"""A stream goes on to the region that it belongs to: frames pass both ways until either side ends it."""

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from contextfs.runtime.border.forwarding import Raw, back, unavailable
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.streaming.endpoint import deny
from contextfs.runtime.streaming.session import MOST_BYTES

_CONNECT_SECONDS = 5.0
_LAST_SECONDS = 10.0
"""For how long a client may take what the other side sent last, after that side has ended the stream."""
_LATER = 1013
_UNSAYABLE = {1005, 1006, 1015}
"""Codes of RFC 6455 that say how a connection ended, and are never sent."""


async def carry(socket: WebSocket, url: str, headers: Raw) -> None:
    """Open the stream there and carry frames; a refusal there is one here, Unavailable when there is no answer."""
    offered: list[str] = socket.scope.get("subprotocols", [])
    own = [(name.decode(), value.decode("latin-1")) for name, value in headers if not name.startswith(b"sec-websocket")]
    try:
        far = await connect(
            f"ws{url.removeprefix('http')}",
            additional_headers=own,
            subprotocols=offered or None,  # pyright: ignore[reportArgumentType] - Subprotocol is a str
            max_size=MOST_BYTES,
            open_timeout=_CONNECT_SECONDS,
            user_agent_header=None,
            proxy=None,
        )
    except InvalidStatus as refused:
        answer = refused.response
        raw = back((name.encode(), value.encode()) for name, value in answer.headers.raw_items())
        kept = {name.decode(): value.decode() for name, value in raw if name != b"content-length"}
        await deny(socket, HttpResponse(status=answer.status_code, headers=kept, body=bytes(answer.body or b"")))
        return
    except (OSError, InvalidHandshake) as error:
        raise unavailable(error, never=True) from error
    async with far:
        await socket.accept(subprotocol=far.subprotocol)
        await _both_ways(socket, far)


async def _both_ways(socket: WebSocket, far: ClientConnection) -> None:
    """Carry frames until one side is gone, and end the other side as it ended, after all that it has sent."""
    going, coming = asyncio.create_task(_go(socket, far)), asyncio.create_task(_come(socket, far))
    await asyncio.wait((going, coming), return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait((coming,), timeout=_LAST_SECONDS)
    for task in (going, coming):
        task.cancel()
    await asyncio.gather(going, coming, return_exceptions=True)


async def _go(socket: WebSocket, far: ClientConnection) -> None:
    while True:
        event = await socket.receive()
        if event["type"] == "websocket.disconnect":
            code = event.get("code", 1000)
            await far.close(1000 if code in _UNSAYABLE else code)
            return
        text = event.get("text")
        try:
            await far.send(event["bytes"] if text is None else text)
        except ConnectionClosed:
            return  # how it ended is told by who reads it


async def _come(socket: WebSocket, far: ClientConnection) -> None:
    try:
        async for message in far:
            await (socket.send_text(message) if isinstance(message, str) else socket.send_bytes(message))
    except (ConnectionClosed, WebSocketDisconnect):
        pass
    code = far.close_code or 1006
    try:
        await socket.close(_LATER if code in _UNSAYABLE else code, far.close_reason or "")
    except (RuntimeError, WebSocketDisconnect):
        return  # it is closed already
