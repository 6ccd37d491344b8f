"""When a call is tried again, and how long to wait before it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import httpx2

RETRIED = frozenset({429, 502, 503, 504})
"""Answers after which the same call may succeed."""


class Retries(msgspec.Struct, frozen=True, kw_only=True):
    """How often a call is tried, and how long it waits in between, in seconds. `attempts` of 1 tries once."""

    attempts: int = 5
    first_pause: float = 0.2
    longest_pause: float = 8.0
    patience: float = 60.0
    """The longest wait that a server may ask for; when it asks for more, its answer is final."""

    def pause(self, tried: int, asked: float | None, chance: float) -> float | None:
        """Return the wait in seconds after attempt number `tried` (from 1), or None if that was the last one.

        Pauses double; `chance` (0..1) shortens one by up to a half, so that callers who failed together do not return
        together. It is never shorter than the server asked for (`asked`).
        """
        if tried >= self.attempts or (asked is not None and asked > self.patience):
            return None
        usual = min(self.longest_pause, self.first_pause * 2.0 ** (tried - 1)) * (1 - chance / 2)
        return max(usual, asked or 0.0)


def asked_pause(header: str | None, now: datetime) -> float | None:
    """Read Retry-After (RFC 9110, section 10.2.3): seconds, or a date; None if it is neither."""
    if header is None:
        return None
    if header.isascii() and header.strip().isdigit():
        return float(header.strip())
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - heavy, and few servers write a date

    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


def chance() -> float:
    """Return a random number from 0 to 1, for `Retries.pause`."""
    import random  # noqa: PLC0415 - loads OpenSSL, and most calls succeed at once

    return random.SystemRandom().random()


def patiently(send: Callable[[], "httpx2.Response"]) -> "httpx2.Response":
    """Send again as long as the server says that it may work later; return its last answer."""
    retries, tried = Retries(), 1
    while (answer := send()).status_code in RETRIED:
        asked = asked_pause(answer.headers.get("retry-after"), datetime.now(UTC))
        pause = retries.pause(tried, asked, chance())
        if pause is None:
            break
        time.sleep(pause)
        tried += 1
    return answer
