"""A request that is let in, and how this server itself answers: as the libraries of OpenAI and Anthropic read it."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import msgspec
from starlette.types import Receive, Scope, Send

from contextfs.recording import headers as of_headers
from contextfs.recording.copying import Copy
from contextfs.recording.passing import Way
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.http.problems import MEDIA_TYPE

_KINDS: Final = {
    401: "authentication_error", 403: "permission_error", 404: "not_found_error", 413: "request_too_large",
    429: "rate_limit_error", 502: "api_error", 503: "overloaded_error", 504: "timeout_error",
}  # fmt: skip
_TITLES: Final = {
    400: "The address cannot be asked",
    413: "The request is larger than is passed on",
    414: "The address is longer than is passed on",
}


class Passage:
    """A request that is let in."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, url: str, request_id: str) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        self._url = url
        self._request_id = request_id

    def way(self, copy: Copy | None, before_end: Any) -> Way:
        """Say how it goes."""
        return Way(
            scope=self.scope,
            receive=self._receive,
            send=self._send,
            url=self._url,
            onward=of_headers.onward_of_server(self.scope["headers"]),
            refuse=self._refuse,
            copy=copy,
            back=partial(_back, copy),
            before_end=before_end,
        )

    async def _refuse(self, status: int, why: str) -> None:
        value = {
            "type": "urn:contextfs:problem:upstream",
            "title": _TITLES.get(status, "The model's server does not answer"),
            "status": status,
            "detail": why,
            "request_id": self._request_id,
        }
        headers = {"content-type": MEDIA_TYPE, "cache-control": "no-store"}
        await answer(self._send, HttpResponse(status=status, body=msgspec.json.encode(value), headers=headers), "")


async def answer(send: Send, response: HttpResponse, request_id: str) -> None:
    """Answer with a problem that the libraries of OpenAI and Anthropic read as well: by its member `error`."""
    value: dict[str, Any] = msgspec.json.decode(response.body)
    kind = _KINDS.get(response.status, "invalid_request_error")
    told = value | {"error": {"type": kind, "message": value.get("detail", ""), "code": None, "param": None}}
    body = msgspec.json.encode(told)
    headers: Mapping[str, str] = {
        **response.headers,
        "content-length": str(len(body)),
        "x-request-id": request_id or str(value.get("request_id", "")),
    }
    raw = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _back(copy: Copy | None, raw: of_headers.Raw) -> list[tuple[bytes, bytes]]:
    """Give the headers of a reply; one of ours says so where what passes is not kept."""
    told = [(of_headers.CAPTURE_HEADER.encode(), b"skipped")] if copy is not None and copy.lost else []
    return [*of_headers.back_of_server(raw), *told]
