"""SHA-256 without loading OpenSSL for it, which `hashlib` does, and which takes a quarter of Python's own start."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _hashlib import HASH
    from collections.abc import Callable
    from hashlib import sha256 as _own
else:
    try:
        from _sha2 import sha256 as _own
    except ImportError:  # Python 3.11 keeps it by itself
        try:
            from _sha256 import sha256 as _own
        except ImportError:  # an interpreter that leaves it to OpenSSL
            from hashlib import sha256 as _own


def sha256(data: bytes) -> "HASH":
    """Hash as `hashlib.sha256` does: by OpenSSL, which is faster by the byte, where something has loaded it already."""
    hashed: Callable[[bytes], HASH] = getattr(sys.modules.get("hashlib"), "sha256", _own)  # while it loads it has none
    return hashed(data)
