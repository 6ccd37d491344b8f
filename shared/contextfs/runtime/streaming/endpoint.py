"""Where streams are opened: who calls, and may they; then the stream is accepted, or refused with a problem."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket

from contextfs.kit.errors import ContextFSError, Invalid, NotFound
from contextfs.runtime.door.door import Door
from contextfs.runtime.http.address import client_address
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.http.problems import problem
from contextfs.runtime.http.responding import respond
from contextfs.runtime.streaming.frames import StreamName
from contextfs.runtime.streaming.session import Stream, call
from contextfs.runtime.table import Route

PROTOCOL = "contextfs.v1"
KEY_PROTOCOL = "contextfs.key."
"""Browsers cannot set headers here: they offer `contextfs.v1` and `contextfs.key.<the key>` as subprotocols."""

_CARRIED = ("authorization", "x-request-id", "traceparent")


class Endpoint:
    """Answers `GET /v1/sessions/{session_id}/stream`."""

    def __init__(self, door: Door, routes: Iterable[Route]) -> None:
        self._door = door
        self._routes = {route.name: route for route in routes}

    async def serve(self, socket: WebSocket) -> None:
        """Open a stream and serve it until it ends."""
        headers = _headers(socket)
        try:
            stream = _stream(socket)
            session_id = _session(socket)
        except ContextFSError as error:
            await deny(socket, problem(error, self._door.request_id(headers)))
            return
        address = client_address(socket, self._door.services.trusted_hops)
        asking = partial(call, self._door, session_id=session_id, headers=headers, address=address)
        answer = await run_in_threadpool(partial(_opened, asking, self._routes["sessions.get"]))
        if answer.status != 200:
            await deny(socket, answer)
            return
        offered: list[str] = socket.scope.get("subprotocols", [])
        await socket.accept(subprotocol=PROTOCOL if PROTOCOL in offered else None)
        await Stream(socket, self._door, self._routes, session_id, headers, stream, address).run()


def _opened(ask: Callable[[Route], HttpResponse], reading: Route) -> HttpResponse:
    """Let in who may read the session, or write to it."""
    response = ask(reading)
    return ask(replace(reading, needs="sessions:write")) if response.status == 403 else response


def _headers(socket: WebSocket) -> dict[str, str]:
    headers = {name: socket.headers[name] for name in _CARRIED if name in socket.headers}
    offered: list[str] = socket.scope.get("subprotocols", [])
    key = next((one.removeprefix(KEY_PROTOCOL) for one in offered if one.startswith(KEY_PROTOCOL)), None)
    return headers if key is None else {"authorization": f"Bearer {key}"} | headers


def _stream(socket: WebSocket) -> str | None:
    name = socket.query_params.get("stream")
    try:
        return msgspec.convert(name, StreamName | None)
    except msgspec.ValidationError as error:
        raise Invalid("A stream's name is 1 to 100 letters, digits, dots, dashes.", where="query.stream") from error


def _session(socket: WebSocket) -> UUID:
    try:
        return UUID(socket.path_params["session_id"])
    except ValueError as error:
        raise NotFound("There is no such session, or it is not yours to see.") from error


async def deny(socket: WebSocket, response: HttpResponse) -> None:
    """Refuse a stream with a reply, or where the host cannot send one, with a code of ours: 4401 for 401."""
    extensions: dict[str, Any] = socket.scope.get("extensions") or {}
    if "websocket.http.response" in extensions:
        await socket.send_denial_response(respond(response))
    else:
        await socket.close(4000 + response.status)
