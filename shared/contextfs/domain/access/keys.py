"""API keys (`ctxk_<env>_<id>_<secret><checksum>`), invitations (`ctxi_…`) and tokens.

Tokens are those that a key is changed for (`ctxt_…`), and those of programs that a person let in (`ctxg_…`, `ctxr_…`).

They are tokens as `kit/tokens.py` makes them, which has the pattern for leak scanners, too.
"""

from typing import Literal
from uuid import UUID

import msgspec

from contextfs.kit import tokens
from contextfs.kit.errors import NotAuthenticated
from contextfs.kit.ids import Entropy
from contextfs.kit.pepper import Digest

Environment = Literal["live", "test"]
Kind = Literal["key", "invitation", "token", "grant"]

_KEYS = ("ctxk_live", "ctxk_test")
_INVITATIONS = ("ctxi",)
_TOKENS = ("ctxt",)
_GRANTS = ("ctxg",)


class Credential(msgspec.Struct, frozen=True):
    """A key, an invitation or a token as it is looked for: the organization and the id that it names, and its hash."""

    org_id: UUID
    id: UUID
    hash: bytes
    kind: Kind = "key"


def mint(org_id: UUID, key_id: UUID, *, environment: Environment, entropy: Entropy) -> str:
    """Make a key's text. It is shown once and cannot be read back."""
    return tokens.mint(f"ctxk_{environment}", org_id, key_id, entropy)


def mint_invitation(org_id: UUID, invitation_id: UUID, entropy: Entropy) -> str:
    """Make an invitation's text. It is shown once and cannot be read back."""
    return tokens.mint("ctxi", org_id, invitation_id, entropy)


def parse(key: str, pepper: bytes) -> Credential:
    """Read the text of a key, an invitation or a token; NotAuthenticated when it cannot be one of ours."""
    kinds: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        ("key", _KEYS),
        ("invitation", _INVITATIONS),
        ("token", _TOKENS),
        ("grant", _GRANTS),
    )
    for kind, prefixes in kinds:
        named = tokens.parse(key, pepper, *prefixes)
        if named is not None:
            return Credential(named.org_id, named.id, named.hash, kind)
    raise NotAuthenticated("This is not an API key of ContextFS: check that it was copied whole.")


def digest(key: str, pepper: bytes) -> Digest:
    """Hash a key the way it is stored."""
    return tokens.digest(key, pepper)


def hint(key: str) -> str:
    """Give the last four characters, by which a person tells keys apart."""
    return key[-4:]
