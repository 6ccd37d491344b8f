"""Reads a request of an ASGI server, each part of it within bounds."""

import re
from urllib.parse import parse_qsl

from starlette.requests import Request

from contextfs.kit.errors import BadInput, TooLarge
from contextfs.runtime.http.address import client_address
from contextfs.runtime.http.message import HttpRequest
from contextfs.runtime.table import KIB

_ADDRESS_LIMIT = 16 * KIB
_HEADERS_LIMIT = 64 * KIB
_PARAMETERS = 200
_DIGITS = re.compile(r"[0-9]+")
_MOST_DIGITS = 20
"""Of a number: what is longer is not read whole, for Python refuses thousands of digits."""
_BETWEEN = {"cookie": "; "}


async def read(request: Request, body_limit: int, trusted_hops: int) -> HttpRequest:
    """Read a request whose body has at most `body_limit` bytes; TooLarge or BadInput tell what is wrong with it."""
    return HttpRequest(
        method=request.method,
        path=request.scope["path"],
        path_values=request.path_params,
        query=_query(request),
        raw_query=request.url.query,
        headers=_headers(request),
        address=client_address(request, trusted_hops),
        body=await read_body(request, body_limit),
    )


async def read_body(request: Request, limit: int) -> bytes:
    """Read a body of at most `limit` bytes; TooLarge as soon as it is longer, whatever its header says."""
    too_large = TooLarge(f"The body is larger than {limit} bytes: send it in smaller parts.", where="body")
    if (
        _DIGITS.fullmatch(declared := request.headers.get("content-length", ""))
        and int(declared[:_MOST_DIGITS]) > limit
    ):
        raise too_large
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise too_large
        parts.append(part)
    return b"".join(parts)


def _query(request: Request) -> tuple[tuple[str, str], ...]:
    raw: bytes = request.scope["query_string"]
    if len(request.scope["path"]) + len(raw) > _ADDRESS_LIMIT:
        raise TooLarge(f"The address is longer than {_ADDRESS_LIMIT} bytes: send less in it.", where="query")
    try:
        return tuple(parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=_PARAMETERS))
    except UnicodeDecodeError as error:
        raise BadInput("The query is not text in UTF-8: encode it so, with percent signs.", where="query") from error
    except ValueError as error:
        raise BadInput(f"The query names more than {_PARAMETERS} parameters: send fewer.", where="query") from error


def _headers(request: Request) -> dict[str, str]:
    """Read the headers, names in lower case; those that were sent twice as one list (RFC 9110, section 5.3)."""
    raw: list[tuple[bytes, bytes]] = request.scope["headers"]
    if sum(len(name) + len(value) for name, value in raw) > _HEADERS_LIMIT:
        raise TooLarge(f"The headers are longer than {_HEADERS_LIMIT} bytes: send fewer.", where="header")
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = _BETWEEN.get(key, ", ").join((headers[key], text)) if key in headers else text
    return headers
