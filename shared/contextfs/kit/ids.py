"""Ids: UUID version 7 (RFC 9562), which sort by the time they were made."""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

_VERSION_7 = 0x7
_VARIANT_RFC = 0b10
_RANDOM_BYTES = 10
_HALF_OF_RANDOM = (1 << 73) - 1

Entropy = Callable[[int], bytes]
"""Gives that many random bytes: `os.urandom` in the product, a seeded source in tests."""


def uuid7(now: datetime, entropy: Entropy) -> UUID:
    """Make an id from `now` (48 bits of milliseconds since 1970) and 73 random bits."""
    return next(uuid7s(now, entropy, 1))


def uuid7s(now: datetime, entropy: Entropy, count: int) -> Iterator[UUID]:
    """Make ids that sort in the order in which they come: the random part of the first one is counted on."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    first = int.from_bytes(entropy(_RANDOM_BYTES), "big") & _HALF_OF_RANDOM
    for random in range(first, first + count):
        high, low = random >> 62, random & ((1 << 62) - 1)
        yield UUID(int=milliseconds << 80 | _VERSION_7 << 76 | high << 64 | _VARIANT_RFC << 62 | low)
