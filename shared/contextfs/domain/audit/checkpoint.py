"""What stands in the place of entries that were let go: the last one's position and hash, signed by the installation.

The signature is an HMAC (RFC 2104) with SHA-256, by a key that is not in the database: who owns the database alone can
take entries out, and cannot make it look as if they had been let go.
"""

import hmac
from uuid import UUID

import msgspec

from contextfs.kit.pepper import is_by_any

_PURPOSE = b"contextfs.audit_checkpoint"


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The end of what was let go."""

    position: int
    hash: bytes
    signature: bytes


def sign(org_id: UUID, position: int, hash_: bytes, key: bytes) -> bytes:
    """Sign where an organization's log was cut."""
    return hmac.digest(key, said(org_id, position, hash_), "sha256")


def said(org_id: UUID, position: int, hash_: bytes) -> bytes:
    """Give the bytes that are signed."""
    return _PURPOSE + org_id.bytes + position.to_bytes(8) + hash_


def is_signed(org_id: UUID, checkpoint: Checkpoint, key: bytes) -> bool:
    """Tell whether a checkpoint is one of ours."""
    return is_by_any(key, said(org_id, checkpoint.position, checkpoint.hash), checkpoint.signature)
