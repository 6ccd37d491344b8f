"""How long a login lives, how its cookie is spelt, and what proves that a request was meant by its page."""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Final
from uuid import UUID

from contextfs.kit.pepper import all_of

PREFIX: Final = "ctxl"
LIFETIME: Final = timedelta(hours=24)
"""Then one signs in again, however busy one was."""
IDLE: Final = timedelta(hours=8)
ROTATES: Final = timedelta(minutes=15)
"""How old a cookie gets before a call changes it for a new one."""
GRACE: Final = timedelta(minutes=1)
"""How long the cookie before is good, for calls that were on their way."""


def csrf_token(login_id: UUID, pepper: bytes) -> str:
    """Make the token that only a page of the login can have read: it is bound to the login and kept nowhere."""
    mac = hmac.new(pepper, b"csrf\n" + login_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def is_meant(login_id: UUID, pepper: bytes, sent: str) -> bool:
    """Tell whether a request that changes something carries its login's token."""
    found = [hmac.compare_digest(csrf_token(login_id, one).encode(), sent.encode()) for one in all_of(pepper)]
    return any(found)
