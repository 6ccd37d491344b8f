"""API keys: `ctxk_<env>_<id>_<secret><checksum>`, tokens as `kit/tokens.py` makes them.

A leak scanner finds them by the pattern `ctxk_(live|test)_[0-9A-Za-z]{43}_[0-9A-Za-z]{39}`.
"""

from typing import Literal
from uuid import UUID

import msgspec

from contextfs.kit import tokens
from contextfs.kit.errors import NotAuthenticated
from contextfs.kit.ids import Entropy

Environment = Literal["live", "test"]


class Credential(msgspec.Struct, frozen=True):
    """A key as it is looked for: the organization and the key it names, and its hash."""

    org_id: UUID
    key_id: UUID
    hash: bytes


def mint(org_id: UUID, key_id: UUID, *, environment: Environment, entropy: Entropy) -> str:
    """Make a key's text. It is shown once and cannot be read back."""
    return tokens.mint(f"ctxk_{environment}", org_id, key_id, entropy)


def parse(key: str, pepper: bytes) -> Credential:
    """Read a key's text; NotAuthenticated when it cannot be one of ours."""
    named = tokens.parse(key, pepper, "ctxk_live", "ctxk_test")
    if named is None:
        raise NotAuthenticated("This is not an API key of ContextFS: check that it was copied whole.")
    return Credential(named.org_id, named.id, named.hash)


def digest(key: str, pepper: bytes) -> bytes:
    """Hash a key the way it is stored."""
    return tokens.digest(key, pepper)


def hint(key: str) -> str:
    """Give the last four characters, by which a person tells keys apart."""
    return key[-4:]
