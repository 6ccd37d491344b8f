"""Bodies that travel compressed (gzip, RFC 1952): unpacked within a limit on the way in, packed on the way out."""

import zlib
from dataclasses import replace

from contextfs.kit.errors import BadInput, TooLarge, UnsupportedMedia
from contextfs.runtime.http.message import HttpRequest, HttpResponse
from contextfs.runtime.http.weights import weights

LEAST_BYTES = 8192
"""Smaller replies go as they are: packing them costs more than it saves."""

_GZIP = 16 + zlib.MAX_WBITS
_LEVEL = 1


def is_packed(request: HttpRequest) -> bool:
    """Tell whether the body is said to be something else on its way than what it is."""
    return _encoding(request) not in {"identity", ""}


def unpacked(request: HttpRequest, limit: int) -> HttpRequest:
    """Give the request with its body as it was before it was packed.

    UnsupportedMedia for another encoding, BadInput for what is no gzip, TooLarge where it unpacks to more than `limit`.
    """
    if not is_packed(request):
        return request
    if _encoding(request) not in {"gzip", "x-gzip"}:
        raise UnsupportedMedia("Send the body as it is, or packed by gzip.", where="header.Content-Encoding")
    unpacker = zlib.decompressobj(_GZIP)
    try:
        body = unpacker.decompress(request.body, limit + 1)
    except zlib.error:
        raise BadInput("The body is not gzip: send it uncompressed, or compress it again.", where="body") from None
    if len(body) > limit:
        raise TooLarge(f"The body unpacks to more than {limit} bytes: send it in smaller parts.", where="body")
    if not unpacker.eof or unpacker.unused_data:
        raise BadInput("The gzip of the body is cut off, or something follows it: send it whole.", where="body")
    return replace(request, body=body)


def packed(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """Give the response with its body packed, where that helps and the caller reads it."""
    if len(response.body) < LEAST_BYTES or not _accepted(request.headers.get("accept-encoding", "")):
        return response
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    body = packer.compress(response.body) + packer.flush()
    varies = ", ".join(filter(None, (response.headers.get("vary"), "accept-encoding")))
    return replace(response, body=body, headers={**response.headers, "content-encoding": "gzip", "vary": varies})


def _encoding(request: HttpRequest) -> str:
    return request.headers.get("content-encoding", "").strip().lower()


def _accepted(header: str) -> bool:
    """Read an Accept-Encoding header (RFC 9110, 12.5.3)."""
    liked = weights(header)
    return liked.get("gzip", liked.get("*", 0)) > 0
