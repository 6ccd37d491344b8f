"""A clock that a test puts forward, addresses of the internet that nobody used yet, and secrets that are none."""

import os
import secrets
from datetime import datetime, timedelta

from contextfs.kit import tokens
from contextfs.kit.clock import system_clock


class Clock:
    """A clock that stands still, and can be put forward; or one that runs."""

    def __init__(self) -> None:
        self.runs = False
        self.ahead = timedelta(0)
        self._began = system_clock()

    def __call__(self) -> datetime:
        """Give the moment that it shows."""
        return (system_clock() if self.runs else self._began) + self.ahead


def stranger() -> tuple[str, int]:
    """Give an address that nobody has used yet."""
    return f"198.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}", 50000


def forged(token: str) -> str:
    """Give a token that names the same thing, with a checksum of its own: only the secret is another one."""
    prefix = token.partition("_")[0]
    named = tokens.parse(token, b"", prefix)
    assert named is not None
    return tokens.mint(prefix, named.org_id, named.id, os.urandom)
