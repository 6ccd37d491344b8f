"""Secrets at rest: AES-256-GCM (NIST SP 800-38D) under a key that the server's pepper gives; bound to their row.

A signature can only be checked by who has the secret itself, so it is sealed where an API key is hashed.
"""

import hashlib
import hmac
from uuid import UUID

from contextfs.kit.errors import Unavailable
from contextfs.kit.ids import Entropy
from contextfs.kit.pepper import all_of

_NONCE_BYTES = 12
_PURPOSE = b"contextfs: secrets of sources, AES-256-GCM, 1"


def seal(secret: str, pepper: bytes, source_id: UUID, entropy: Entropy) -> bytes:
    """Seal a secret for who has an id: 12 bytes of nonce, then the ciphertext with its tag."""
    nonce = entropy(_NONCE_BYTES)
    return nonce + _cipher(pepper).encrypt(nonce, secret.encode(), source_id.bytes)


def unseal(sealed: bytes, pepper: bytes, source_id: UUID) -> str:
    """Give the secret; Unavailable when it was sealed under no pepper that opens, or for another one."""
    return opened(sealed, pepper, source_id)[0]


def opened(sealed: bytes, pepper: bytes, source_id: UUID) -> tuple[str, int]:
    """Give the secret, and which pepper opened it: 0 is the first; Unavailable when none does."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - only what has a source needs it

    for place, one in enumerate(all_of(pepper)):
        try:
            text = _cipher(one).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], source_id.bytes).decode()
        except (InvalidTag, ValueError):  # ValueError: what is no sealed text at all
            continue
        return text, place
    detail = "This secret cannot be read: it was sealed under another CONTEXTFS_KEY_PEPPER. Set it anew."
    raise Unavailable(detail)


def _cipher(pepper: bytes):  # noqa: ANN202 - the type is loaded where it is used
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above

    return AESGCM(hmac.new(pepper, _PURPOSE, hashlib.sha256).digest())
