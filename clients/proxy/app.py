"""The proxy as an ASGI app of this machine: which requests are passed on, where to, and what is told of them.

Keys stand in headers, which are passed on and neither kept nor told.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from clients.proxy.upstreams import Upstreams
from contextfs.client.recording.recorder import Recorder
from contextfs.recording import headers as of_headers
from contextfs.recording.conversation import is_conversation
from contextfs.recording.copying import Copy
from contextfs.recording.passing import Passing, Receive, Scope, Send, Way

STATUS: Final = "/contextfs/status"
"""Answered by the proxy itself: what it kept."""

_ERRORS: Final = {
    400: "invalid_request_error",
    403: "permission_error",
    414: "invalid_request_error",
    502: "api_error",
    504: "timeout_error",
}


class Proxy:
    """Passes requests on and hands copies to a recorder. It has no key: who brings none is refused by the model."""

    def __init__(self, upstreams: Upstreams, recorder: Recorder, *, tool: str | None = None) -> None:
        self._upstreams = upstreams
        self._recorder = recorder
        self._tool = tool
        self._too_large = self._under_way = 0
        self._passing = Passing()

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
        await self._passing.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _pass_on(self, scope: Scope, headers: Mapping[str, str], receive: Receive, send: Send) -> None:
        copy = None
        if is_conversation(scope["method"], scope["path"]) and not of_headers.is_off(headers):
            copy = Copy(scope["path"], headers, tool=self._tool, now=_now)
        path = scope["raw_path"].partition(b"?")[0].decode("latin-1")
        url = self._upstreams.url(path, scope["query_string"].decode("latin-1"), headers)
        onward = of_headers.onward(scope["headers"])
        try:
            await self._passing.carry(Way(scope, receive, send, url, onward, partial(_refuse, send), copy))
        finally:
            if copy is not None:
                self._keep(copy)

    def _keep(self, copy: Copy) -> None:
        self._too_large += copy.lost is not None
        exchange = copy.exchange()
        if exchange is not None:
            self._recorder.record(exchange)

    async def _tell(self, send: Send) -> None:
        figures = self._recorder.figures()
        told = {name: getattr(figures, name) for name in figures.__struct_fields__}
        await _answer(send, 200, told | {"too_large": self._too_large, "under_way": self._under_way})


async def _refuse(send: Send, status: int, why: str) -> None:
    """Answer with an error in the shape that both libraries read."""
    told = {"type": _ERRORS[status], "message": f"ctx proxy: {why}", "code": None, "param": None}
    await _answer(send, status, {"type": "error", "error": told})


async def _answer(send: Send, status: int, value: Mapping[str, Any]) -> None:
    body = json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _now() -> datetime:
    return datetime.now(UTC)
