"""A secret that is written down encrypted: `KEY:CIPHERTEXT`, a key of a cloud by its name, the rest in base64."""

import binascii
from base64 import b64decode
from typing import NamedTuple

from contextfs.kit.errors import Invalid, NotFound


class Wrapped(NamedTuple):
    """Which key opens it, and what is to be opened."""

    key: str
    ciphertext: bytes


def read(text: str) -> Wrapped:
    """Read one; Invalid, without its text, when it is none."""
    key, _, encoded = text.rpartition(":")
    try:
        ciphertext = b64decode(encoded, validate=True)
    except binascii.Error:
        ciphertext = b""
    if not key or not ciphertext:
        raise Invalid("this is no KEY:CIPHERTEXT, the key by its whole name and the ciphertext in base64")
    return Wrapped(key, ciphertext)


def shut(key: str, why: str) -> NotFound:
    """Say that a key does not open it."""
    return NotFound(f"the key {key} does not open it ({why})")


def text(key: str, plain: bytes) -> str:
    """Take what was opened as text."""
    try:
        return plain.decode().removesuffix("\n")
    except ValueError:
        raise shut(key, "what it opens is not text") from None
