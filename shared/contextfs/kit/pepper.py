"""The installation's own secret, of which there may be several while one replaces another.

With the first, everything new is hashed, signed and sealed. The others open what was, until nothing is left of it. A
pepper is the bytes of the first one, and a digest those by the first one, so that who knows of no other needs none.
"""

import hashlib
import hmac
from functools import cache
from typing import Self

from contextfs.kit.errors import Invalid

SHORTEST = 32
_PURPOSE = b"contextfs: the name of a pepper, 1"


class Pepper(bytes):
    """A pepper, and the others that open."""

    others: tuple[bytes, ...] = ()

    def __new__(cls, first: bytes, others: tuple[bytes, ...] = ()) -> Self:
        """Take the first as what this is."""
        made = super().__new__(cls, first)
        made.others = others
        return made


class Digest(bytes):
    """A keyed hash by the first pepper, with those by the others, and the first one's name where there are others."""

    others: tuple[bytes, ...] = ()
    pepper: str = ""

    def __new__(cls, first: bytes, others: tuple[bytes, ...] = (), pepper: str = "") -> Self:
        """Take the first as what this is."""
        made = super().__new__(cls, first)
        made.others, made.pepper = others, pepper
        return made


def read(text: str) -> Pepper:
    """Read the setting: a pepper, or several, each in a line; Invalid when one is too short, or stands there twice."""
    lines = [line.rstrip("\r") for line in text.split("\n") if line.strip()]
    if len(lines) == 1:
        lines = [text]  # one alone is taken letter by letter
    if any(len(line) < SHORTEST for line in lines) or not lines:
        raise Invalid(f"Setting CONTEXTFS_KEY_PEPPER: each pepper is a line of {SHORTEST} letters or more.")
    if len(set(lines)) < len(lines):
        raise Invalid("Setting CONTEXTFS_KEY_PEPPER: a pepper stands there twice: take one of the lines out.")
    first, *others = (line.encode() for line in lines)
    return Pepper(first, tuple(others))


def all_of(pepper: bytes) -> tuple[bytes, ...]:
    """Give a pepper and the others that open, the first one first."""
    return (bytes(pepper), *(pepper.others if isinstance(pepper, Pepper) else ()))


def digest(pepper: bytes, text: bytes) -> Digest:
    """Hash a secret (HMAC-SHA-256) by each pepper."""
    first, *others = (_hashed(one, text) for one in all_of(pepper))
    return Digest(first, tuple(others), name_of(pepper) if others else "")


def _hashed(pepper: bytes, text: bytes) -> bytes:
    keyed = _keyed(pepper).copy()
    keyed.update(text)
    return keyed.digest()


@cache
def _keyed(pepper: bytes) -> hmac.HMAC:
    """Begin a hash by this key. (`hmac.digest` lets other threads go first, each time.)"""
    return hmac.new(pepper, digestmod="sha256")


def digests(hashed: bytes) -> list[bytes]:
    """Give a hash and those by the other peppers, the first one first."""
    return [bytes(hashed), *(hashed.others if isinstance(hashed, Digest) else ())]


def is_by_any(pepper: bytes, text: bytes, told: bytes) -> bool:
    """Tell whether a hash or signature is one by a pepper that opens; in a time that tells nothing of it."""
    found = [hmac.compare_digest(hmac.digest(one, text, "sha256"), told) for one in all_of(pepper)]
    return any(found)


def name_of(pepper: bytes) -> str:
    """Name a pepper by what does not give it away: eight hexadecimal digits, which logs and reports may show."""
    return hashlib.sha256(_PURPOSE + b"\n" + bytes(pepper)).hexdigest()[:8]
