"""Keeps secrets of customers encrypted in the database: JWE with AES-256-GCM (RFC 7516), by a key of this server's own.

The key follows from the setting that keys are hashed with; whoever has the database alone reads no secret.
"""

import hashlib
import hmac

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from contextfs.kit.errors import Unavailable

_HEADER = {"alg": "dir", "enc": "A256GCM"}
_ALGORITHMS = ["dir", "A256GCM"]


class Seal:
    """Encrypts and decrypts by one key."""

    def __init__(self, pepper: bytes) -> None:
        self._key = OctKey.import_key(hmac.new(pepper, b"secrets of identity providers", hashlib.sha256).digest())

    def seal(self, secret: str) -> str:
        """Encrypt a secret."""
        return jwe.encrypt_compact(_HEADER, secret.encode(), self._key, algorithms=_ALGORITHMS)

    def unseal(self, sealed: str) -> str:
        """Decrypt it; Unavailable when it was sealed by another key."""
        try:
            opened = jwe.decrypt_compact(sealed, self._key, algorithms=_ALGORITHMS)
        except JoseError as error:
            detail = "The provider's client secret was sealed with another CONTEXTFS_KEY_PEPPER: set it again."
            raise Unavailable(detail) from error
        return (opened.plaintext or b"").decode()
