"""The installation's own secret, of which there may be several while one replaces another.

With the first, everything new is hashed, signed and sealed. The others open what was, until nothing is left of it. A
pepper is the bytes of the first one, and a digest those by the first one, so that who knows of no other needs none.

One that stands alone is taken letter by letter, with the line's end behind it, if there is one; of several each is a
line, without it. These are spellings of one pepper: they have one name, and each opens what the others hashed, so that
the end of a line that came from a file loses no key.
"""

import hashlib
import hmac
from functools import cache
from typing import Any, Self

from contextfs.kit.errors import Invalid

SHORTEST = 32
_PURPOSE = b"contextfs: the name of a pepper, 1"
_ENDS = ("\n", "\r\n")


class Pepper(bytes):
    """A pepper, and the others that open."""

    others: tuple[bytes, ...] = ()

    def __new__(cls, first: bytes, others: tuple[bytes, ...] = ()) -> Self:
        """Take the first as what this is."""
        made = super().__new__(cls, first)
        made.others = others
        return made


class Digest(bytes):
    """A keyed hash by the first pepper, with those by the others; where those have other names, the names of all."""

    others: tuple[bytes, ...] = ()
    names: tuple[str, ...] = ()

    def __new__(cls, first: bytes, others: tuple[bytes, ...] = (), names: tuple[str, ...] = ()) -> Self:
        """Take the first as what this is."""
        made = super().__new__(cls, first)
        made.others, made.names = others, names
        return made


def read(text: str) -> Pepper:
    """Read the setting: a pepper, or several, each in a line; Invalid when one is too short, or stands there twice."""
    lines = [line.rstrip("\r") for line in text.split("\n") if line.strip()]
    alone = len(lines) == 1
    if any(len(one) < SHORTEST for one in ([text] if alone else lines)) or not lines:
        raise Invalid(f"Setting CONTEXTFS_KEY_PEPPER: each pepper is a line of {SHORTEST} letters or more.")
    if len(set(lines)) < len(lines):
        raise Invalid("Setting CONTEXTFS_KEY_PEPPER: a pepper stands there twice: take one of the lines out.")
    ended = (f"{line}{end}" for line in lines for end in _ENDS)
    first, *others = dict.fromkeys(one.encode() for one in (*([text] if alone else ()), *lines, *ended))
    return Pepper(first, tuple(others))


def all_of(pepper: bytes) -> tuple[bytes, ...]:
    """Give a pepper and the others that open, the first one first."""
    return (bytes(pepper), *(pepper.others if isinstance(pepper, Pepper) else ()))


def first_of(pepper: bytes) -> Pepper:
    """Give the first pepper in all of its spellings, without the others."""
    name = name_of(pepper)
    first, *others = (one for one in all_of(pepper) if name_of(one) == name)
    return Pepper(first, tuple(others))


def is_first(pepper: bytes, place: int) -> bool:
    """Tell whether the one in this place of all is the first pepper, however it is spelt."""
    return name_of(all_of(pepper)[place]) == name_of(pepper)


def is_alone(pepper: bytes) -> bool:
    """Tell whether there is one pepper, however it is spelt."""
    return len(set(map(name_of, all_of(pepper)))) == 1


def digest(pepper: bytes, text: bytes) -> Digest:
    """Hash a secret (HMAC-SHA-256) by each pepper."""
    peppers = all_of(pepper)
    first, *others = (_hashed(one, text) for one in peppers)
    names = tuple(map(name_of, peppers))
    return Digest(first, tuple(others), names if len(set(names)) > 1 else ())


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


def presented(hashed: bytes) -> dict[str, Any]:
    """Give the parameters by which a caller is looked for: any of `hashes` lets in, `hash` tells of what these are.

    Each call brings them, so they are spelled as Postgres spells an array: the driver takes 15 µs to do so.
    """
    spelled = ",".join(f'"\\\\x{one.hex()}"' for one in digests(hashed))
    return {"hash": hashed, "hashes": f"{{{spelled}}}"}


def is_by_any(pepper: bytes, text: bytes, told: bytes) -> bool:
    """Tell whether a hash or signature is one by a pepper that opens; in a time that tells nothing of it."""
    found = [hmac.compare_digest(hmac.digest(one, text, "sha256"), told) for one in all_of(pepper)]
    return any(found)


@cache
def name_of(pepper: bytes) -> str:
    """Name a pepper by what does not give it away: eight hexadecimal digits, which logs and reports may show.

    Ends of lines around it do not matter.
    """
    return hashlib.sha256(_PURPOSE + b"\n" + bytes(pepper).strip(b"\r\n")).hexdigest()[:8]
