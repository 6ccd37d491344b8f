"""Bodies as they passed on the wire: unpacked, and parted into their events.

Server-sent events are read as the HTML standard has it (section 9.2.6): lines end in CR, LF or both, `data` lines of an
event are joined, an event ends at an empty line; one that does not end is left out.
"""

import zlib
from collections.abc import Iterator
from typing import Any

import msgspec

from contextfs.kit.errors import Invalid
from contextfs.kit.shapes import is_table

MOST_BYTES = 64 << 20
"""Bytes that a body may have when it is unpacked: what is larger is passed on, and not kept."""
READABLE = ("identity", "gzip", "deflate")
"""Encodings of bodies that we read, as `Accept-Encoding` names them."""

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_DONE = b"[DONE]"


def unpacked(body: bytes, encoding: str, most: int = MOST_BYTES) -> bytes:
    """Unpack a body, as far as it came; Invalid where it is packed in another way, or has more than `most` bytes."""
    for one in reversed([name.strip().lower() for name in encoding.split(",") if name.strip()]):
        if one not in READABLE and one != "x-gzip":
            raise Invalid(f"a body is packed as {one}, which is not read: {', '.join(READABLE)} are.")
        body = body if one == "identity" else _inflated(body, most)
    return body


def document(body: bytes) -> dict[str, Any]:
    """Read a body of JSON; Invalid where it is no object."""
    try:
        found: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"a body is not JSON ({error}).") from None
    if not is_table(found):
        raise Invalid("a body is not a JSON object.")
    return found


def events(body: bytes) -> Iterator[dict[str, Any]]:
    """Give the JSON objects of a stream of events, OpenAI's `[DONE]` as `{"done": true}`; what is none is left out."""
    lines = body.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    data: list[bytes] = []
    for line in lines[:-1]:
        if line.startswith(b"data:"):
            data.append(line[5:].removeprefix(b" "))
        elif not line and data:
            yield from _object(b"\n".join(data))
            data = []


def _object(data: bytes) -> Iterator[dict[str, Any]]:
    if data == _DONE:
        yield {"done": True}
        return
    try:
        yield document(data)
    except Invalid:
        return


def _inflated(body: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        whole = unpacker.decompress(body, most)
    except zlib.error:
        try:
            unpacker = zlib.decompressobj(-zlib.MAX_WBITS)  # some servers leave out the header of `deflate`
            whole = unpacker.decompress(body, most)
        except zlib.error as error:
            raise Invalid(f"a body cannot be unpacked ({error}).") from None
    if unpacker.unconsumed_tail:
        raise Invalid(f"a body has more than {most:,} bytes when it is unpacked.")
    return whole
