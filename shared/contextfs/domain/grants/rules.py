"""How long a grant and its tokens are good, how they are spelt, and what proves who asked for a code (RFC 7636)."""

import base64
import hashlib
import hmac
import re
from datetime import timedelta
from typing import Final

CODE: Final = "ctxa"
ACCESS: Final = "ctxg"
REFRESH: Final = "ctxr"
CODE_LASTS: Final = timedelta(minutes=1)
ACCESS_LASTS: Final = timedelta(hours=1)
LASTS: Final = timedelta(days=90)
"""Then the person is asked again."""
GRACE: Final = timedelta(minutes=1)
"""How long the refresh token before is good, for a program that lost the answer which held the next one."""
_VERIFIER = re.compile(r"[0-9A-Za-z._~-]{43,128}")


def proves(verifier: str, challenge: str) -> bool:
    """Tell whether a verifier is the one of a challenge, by S256: the only way there is here."""
    if _VERIFIER.fullmatch(verifier) is None:
        return False
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return hmac.compare_digest(made, challenge)
