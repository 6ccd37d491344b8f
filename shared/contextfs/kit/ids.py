"""Ids: UUID version 7 (RFC 9562), which sort by the time they were made; and ids that follow from a name.

Two machines that read the same transcript give its session, its messages and what is learned from them the same ids.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID, uuid5

from contextfs.kit.sha256 import sha256

_VERSION_7 = 0x7
_VARIANT_RFC = 0b10
_RANDOM_BYTES = 10
_HALF_OF_RANDOM = (1 << 73) - 1
_HASHED_BITS = 48
_MOST_PLACES = 1 << 25

Entropy = Callable[[int], bytes]
"""Gives that many random bytes: `os.urandom` in the product, a seeded source in tests."""


def uuid7(now: datetime, entropy: Entropy) -> UUID:
    """Make an id from `now` (48 bits of milliseconds since 1970) and 73 random bits."""
    return next(uuid7s(now, entropy, 1))


def uuid7s(now: datetime, entropy: Entropy, count: int) -> Iterator[UUID]:
    """Make ids that sort in the order in which they come: the random part of the first one is counted on."""
    first = int.from_bytes(entropy(_RANDOM_BYTES), "big") & _HALF_OF_RANDOM
    milliseconds = _milliseconds(now)
    for random in range(first, first + count):
        yield _laid_out(milliseconds, random)


def named(within: UUID, *words: str) -> UUID:
    """Make the id that follows from a name (UUID version 5): the same words give the same id, everywhere."""
    return uuid5(within, "\n".join(words))


def placed(within: UUID, at: datetime, place: int, name: str) -> UUID:
    """Make the id of a named part of something, laid out as version 7: parts of one moment sort by their place."""
    digest = sha256(f"{within}\n{name}".encode("utf-8", "surrogatepass")).digest()
    hashed = int.from_bytes(digest[: _HASHED_BITS // 8], "big")
    return _laid_out(_milliseconds(at), (place % _MOST_PLACES) << _HASHED_BITS | hashed)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000) & ((1 << 48) - 1)


def _laid_out(milliseconds: int, random: int) -> UUID:
    high, low = random >> 62, random & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | _VERSION_7 << 76 | high << 64 | _VARIANT_RFC << 62 | low)
