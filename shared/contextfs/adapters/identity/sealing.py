"""Keeps secrets of customers encrypted in the database: JWE with AES-256-GCM (RFC 7516), by a key of this server's own.

The key follows from the setting that keys are hashed with; whoever has the database alone reads no secret.
"""

import hashlib
import hmac

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from contextfs.kit.errors import Unavailable
from contextfs.kit.pepper import all_of

_PURPOSE = b"secrets of identity providers"
_HEADER = {"alg": "dir", "enc": "A256GCM"}
_ALGORITHMS = ["dir", "A256GCM"]


class Seal:
    """Encrypts by one key; decrypts by that one, and by those of the other peppers that open."""

    def __init__(self, pepper: bytes) -> None:
        self._keys = [OctKey.import_key(hmac.digest(one, _PURPOSE, hashlib.sha256)) for one in all_of(pepper)]

    def seal(self, secret: str) -> str:
        """Encrypt a secret."""
        return jwe.encrypt_compact(_HEADER, secret.encode(), self._keys[0], algorithms=_ALGORITHMS)

    def unseal(self, sealed: str) -> str:
        """Decrypt it; Unavailable when it was sealed by another key."""
        return self.opened(sealed)[0]

    def opened(self, sealed: str) -> tuple[str, int]:
        """Decrypt it, and tell which key did: 0 is that of the first pepper; Unavailable when none does."""
        for place, key in enumerate(self._keys):
            try:
                found = jwe.decrypt_compact(sealed, key, algorithms=_ALGORITHMS)
            except JoseError:
                continue
            return (found.plaintext or b"").decode(), place
        raise Unavailable("The provider's client secret was sealed with another CONTEXTFS_KEY_PEPPER: set it again.")
