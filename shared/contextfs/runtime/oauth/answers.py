"""What the endpoints answer: JSON, and errors as RFC 6749 (section 5.2) names them; and what they are asked: forms."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from contextfs.kit.errors import ContextFSError, TooLarge, TooManyRequests, Unavailable
from contextfs.runtime.http.problems import headers_of
from contextfs.runtime.table import KIB

_LARGEST = 64 * KIB
_FIELDS = 50
_KEPT_NOWHERE = {"cache-control": "no-store", "pragma": "no-cache", "x-content-type-options": "nosniff"}


class Refused(Exception):
    """A request is refused: `error` is one of the names of the standard, `description` is for people."""

    def __init__(
        self, error: str, description: str, status: int = 400, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status
        self.headers = headers or {}

    @classmethod
    def of(cls, error: ContextFSError) -> "Refused":
        """Tell an error of ours in the words of the standard."""
        passes = isinstance(error, TooManyRequests | Unavailable)
        name = "temporarily_unavailable" if passes else "invalid_request"
        return cls(name, error.detail, error.status, headers_of(error) if passes else None)


def json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON that nobody keeps."""
    sent = {"content-type": "application/json", **_KEPT_NOWHERE, **(headers or {})}
    return Response(msgspec.json.encode(value), status, sent)


def refusal(refused: Refused) -> Response:
    """Tell a refusal."""
    told = {"error": refused.error, "error_description": refused.description}
    return json(told, refused.status, refused.headers)


async def form_of(request: Request) -> dict[str, str]:
    """Read a form; Refused when it is none, names a field twice, or is too large."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise Refused("invalid_request", "Send a form: Content-Type: application/x-www-form-urlencoded.")
    return fields_of((await body_of(request)).decode("utf-8", errors="replace"))


def fields_of(text: str) -> dict[str, str]:
    """Read the fields of a form or a query; Refused when one is named twice (RFC 6749, section 3.1)."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        raise Refused("invalid_request", f"There are more than {_FIELDS} fields: send fewer.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Refused("invalid_request", "A field is named twice: send each once.")
    return fields


async def body_of(request: Request) -> bytes:
    """Read a body; TooLarge as soon as it is longer than these endpoints take."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            raise TooLarge(f"The body is larger than {_LARGEST} bytes.", where="body")
    return body
