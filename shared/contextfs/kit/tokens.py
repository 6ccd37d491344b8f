"""Secrets that name where they belong: `<prefix>_<id>_<secret><checksum>`.

`id` names the organization and the thing (two UUIDs), so that a token is looked for inside its own tenant. `secret` is
24 random bytes, `checksum` the CRC-32 of all before it, both in base 62: what is cut off or mistyped is known at once,
and a leak scanner knows a real one from a look-alike. Only an HMAC-SHA-256 is stored: 192 random bits need no slow
hash.

All kinds are named in `token_kinds.py`, and no other can be made: redaction takes out what this module makes.
"""

import re
import zlib
from typing import Final, NamedTuple
from uuid import UUID

from contextfs.kit import pepper as peppers
from contextfs.kit.base62 import decode, encode
from contextfs.kit.ids import Entropy
from contextfs.kit.pepper import Digest
from contextfs.kit.token_kinds import KINDS

_ID_LENGTH, _SECRET_LENGTH, _SUM_LENGTH = 43, 33, 6
_PATTERN = re.compile(r"([a-z_]+)_([0-9A-Za-z]{43})_[0-9A-Za-z]{39}")
_SECRET_BYTES = 24
_STARTS = "|".join(prefix.removeprefix("ctx") for prefix in KINDS)
SCANNED_BY: Final = f"ctx({_STARTS})_[0-9A-Za-z]{{{_ID_LENGTH}}}_[0-9A-Za-z]{{{_SECRET_LENGTH + _SUM_LENGTH}}}"
"""The pattern by which a leak scanner finds every kind."""
LONGEST = 100
"""No token has more characters."""


class Named(NamedTuple):
    """A token as it is looked for: the organization and the thing it names, and its hash."""

    org_id: UUID
    id: UUID
    hash: bytes


def mint(prefix: str, org_id: UUID, thing: UUID, entropy: Entropy) -> str:
    """Make a token's text. It cannot be read back from what is stored. ValueError when its kind is not named here."""
    if prefix not in KINDS:
        raise ValueError(prefix)
    named = encode(org_id.int << 128 | thing.int, _ID_LENGTH)
    secret = encode(int.from_bytes(entropy(_SECRET_BYTES), "big"), _SECRET_LENGTH)
    text = f"{prefix}_{named}_{secret}"
    return text + _checksum(text)


def parse(text: str, pepper: bytes, *prefixes: str) -> Named | None:
    """Read a token with one of these prefixes; None when it cannot be one of ours."""
    match = _PATTERN.fullmatch(text) if len(text) <= LONGEST else None
    if match is None or match[1] not in prefixes or _checksum(text[:-_SUM_LENGTH]) != text[-_SUM_LENGTH:]:
        return None
    number = decode(match[2])
    if number >> 256:
        return None
    return Named(UUID(int=number >> 128), UUID(int=number & ((1 << 128) - 1)), digest(text, pepper))


def organization_of(text: str) -> UUID | None:
    """Tell which organization a token of ours names, whatever it opens and whether it does; None when it is none."""
    match = _PATTERN.fullmatch(text) if len(text) <= LONGEST else None
    if match is None or _checksum(text[:-_SUM_LENGTH]) != text[-_SUM_LENGTH:]:
        return None
    number = decode(match[2])
    return None if number >> 256 else UUID(int=number >> 128)


def digest(text: str, pepper: bytes) -> Digest:
    """Hash a secret the way it is stored; the hash also has those by the other peppers that open."""
    return peppers.digest(pepper, text.encode())


def _checksum(text: str) -> str:
    return encode(zlib.crc32(text.encode()), _SUM_LENGTH)
