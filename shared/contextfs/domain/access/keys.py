"""API keys: `ctxk_<env>_<id>_<secret><checksum>`.

`id` names the organization and the key (two UUIDs), so that the key is looked for inside its own tenant. `secret` is
24 random bytes, `checksum` the CRC-32 of all before it, both in base 62, so that a leak scanner finds keys by the
pattern `ctxk_(live|test)_[0-9A-Za-z]{43}_[0-9A-Za-z]{39}` and knows a real one from a look-alike.
Only an HMAC-SHA-256 of the key is stored: 192 random bits need no slow hash.
"""

import hashlib
import hmac
import re
import zlib
from typing import Literal
from uuid import UUID

import msgspec

from contextfs.kit.base62 import decode, encode
from contextfs.kit.errors import NotAuthenticated
from contextfs.kit.ids import Entropy

Environment = Literal["live", "test"]

_ID_LENGTH, _SECRET_LENGTH, _SUM_LENGTH = 43, 33, 6
_PATTERN = re.compile(r"ctxk_(?:live|test)_([0-9A-Za-z]{43})_[0-9A-Za-z]{39}")
_SECRET_BYTES = 24


class Credential(msgspec.Struct, frozen=True):
    """A key as it is looked for: the organization and the key it names, and its hash."""

    org_id: UUID
    key_id: UUID
    hash: bytes


def mint(org_id: UUID, key_id: UUID, *, environment: Environment, entropy: Entropy) -> str:
    """Make a key's text. It is shown once and cannot be read back."""
    named = encode(org_id.int << 128 | key_id.int, _ID_LENGTH)
    secret = encode(int.from_bytes(entropy(_SECRET_BYTES), "big"), _SECRET_LENGTH)
    text = f"ctxk_{environment}_{named}_{secret}"
    return text + _checksum(text)


def parse(key: str, pepper: bytes) -> Credential:
    """Read a key's text; NotAuthenticated when it cannot be one of ours."""
    match = _PATTERN.fullmatch(key)
    if match is None or _checksum(key[:-_SUM_LENGTH]) != key[-_SUM_LENGTH:]:
        raise NotAuthenticated("This is not an API key of ContextFS: check that it was copied whole.")
    number = decode(match[1])
    if number >> 256:
        raise NotAuthenticated("This is not an API key of ContextFS: check that it was copied whole.")
    org_id, key_id = UUID(int=number >> 128), UUID(int=number & ((1 << 128) - 1))
    return Credential(org_id, key_id, digest(key, pepper))


def digest(key: str, pepper: bytes) -> bytes:
    """Hash a key the way it is stored."""
    return hmac.new(pepper, key.encode(), hashlib.sha256).digest()


def hint(key: str) -> str:
    """Give the last four characters, by which a person tells keys apart."""
    return key[-4:]


def _checksum(text: str) -> str:
    return encode(zlib.crc32(text.encode()), _SUM_LENGTH)
