"""Decodes JSON that other programs wrote, with the one repair that real files need."""

import re
from typing import TypeVar

import msgspec

FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises for JSON that is cut, no UTF-8, of another shape, or nested too deeply."""

_ESCAPES = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
_HALF = len(rb"\udead")

T = TypeVar("T")


def decode(data: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    r"""Decode; one of FAULTS when it cannot be.

    Half of a surrogate pair (`\ud83d`) becomes the replacement character: tools write one when they cut a text inside
    an emoji, RFC 8259 allows it, and the decoder refuses it.
    """
    try:
        return decoder.decode(data)
    except msgspec.DecodeError:
        if b"\\u" not in data:
            raise
    return decoder.decode(_ESCAPES.sub(_paired, data))


def _paired(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if len(escape[0]) == _HALF else escape[0]
