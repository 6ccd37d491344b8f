"""API keys, `ctxk_<env>_<id>_<secret><checksum>`, and invitations, `ctxi_<id>_<secret><checksum>`.

`id` names the organization and the key (two UUIDs), so that the key is looked for inside its own tenant. `secret` is
24 random bytes, `checksum` the CRC-32 of all before it, both in base 62, so that a leak scanner finds keys by the
pattern `ctx(k_live|k_test|i)_[0-9A-Za-z]{43}_[0-9A-Za-z]{39}` and knows a real one from a look-alike.
Only an HMAC-SHA-256 of the key is stored: 192 random bits need no slow hash.
"""

import hashlib
import hmac
import re
import zlib
from typing import Literal
from uuid import UUID

import msgspec

from contextfs.kit.errors import NotAuthenticated
from contextfs.kit.ids import Entropy

Environment = Literal["live", "test"]
Kind = Literal["key", "invitation"]

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_ID_LENGTH, _SECRET_LENGTH, _SUM_LENGTH = 43, 33, 6
_PATTERN = re.compile(r"ctx(k_live|k_test|i)_([0-9A-Za-z]{43})_[0-9A-Za-z]{39}")
_SECRET_BYTES = 24


class Credential(msgspec.Struct, frozen=True):
    """A key or an invitation as it is looked for: the organization and the id that it names, and its hash."""

    org_id: UUID
    id: UUID
    hash: bytes
    kind: Kind = "key"


def mint(org_id: UUID, key_id: UUID, *, environment: Environment, entropy: Entropy) -> str:
    """Make a key's text. It is shown once and cannot be read back."""
    return _minted(f"ctxk_{environment}", org_id, key_id, entropy)


def mint_invitation(org_id: UUID, invitation_id: UUID, entropy: Entropy) -> str:
    """Make an invitation's text. It is shown once and cannot be read back."""
    return _minted("ctxi", org_id, invitation_id, entropy)


def parse(key: str, pepper: bytes) -> Credential:
    """Read the text of a key or an invitation; NotAuthenticated when it cannot be one of ours."""
    match = _PATTERN.fullmatch(key)
    if match is None or _checksum(key[:-_SUM_LENGTH]) != key[-_SUM_LENGTH:]:
        raise NotAuthenticated("This is not an API key of ContextFS: check that it was copied whole.")
    number = _decode(match[2])
    if number >> 256:
        raise NotAuthenticated("This is not an API key of ContextFS: check that it was copied whole.")
    org_id, own_id = UUID(int=number >> 128), UUID(int=number & ((1 << 128) - 1))
    return Credential(org_id, own_id, digest(key, pepper), "invitation" if match[1] == "i" else "key")


def digest(key: str, pepper: bytes) -> bytes:
    """Hash a key the way it is stored."""
    return hmac.new(pepper, key.encode(), hashlib.sha256).digest()


def hint(key: str) -> str:
    """Give the last four characters, by which a person tells keys apart."""
    return key[-4:]


def _minted(begin: str, org_id: UUID, own_id: UUID, entropy: Entropy) -> str:
    named = _encode(org_id.int << 128 | own_id.int, _ID_LENGTH)
    secret = _encode(int.from_bytes(entropy(_SECRET_BYTES), "big"), _SECRET_LENGTH)
    text = f"{begin}_{named}_{secret}"
    return text + _checksum(text)


def _checksum(text: str) -> str:
    return _encode(zlib.crc32(text.encode()), _SUM_LENGTH)


def _encode(number: int, length: int) -> str:
    digits: list[str] = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def _decode(text: str) -> int:
    number = 0
    for character in text:
        number = number * 62 + _VALUES[character]
    return number
