"""Names that follow from what was said: each message is known by itself and all that was said before it.

A hash chain, as in git: two requests that begin with the same messages give these the same names.
"""

import hashlib
from collections.abc import Iterable, Iterator

import msgspec

from contextfs.recording.model import Turn

_DIGITS = 32
_ordered = msgspec.json.Encoder(order="sorted")


def digest(turn: Turn) -> str:
    """Name what was said, whatever was before it. Spaces, and ids that providers give, make no difference."""
    calls = [(call.name, call.input) for call in turn.calls]
    return _hash(_ordered.encode((turn.role, " ".join(turn.content.split()), calls)))


def seed(*words: str) -> str:
    """Give the link before a first message: conversations of different tools have nothing in common."""
    return _hash("\n".join(words).encode("utf-8", "surrogatepass"))


def chain(before: str, digests: Iterable[str]) -> Iterator[str]:
    """Give the link of each message, from the one before it."""
    link = before
    for one in digests:
        link = _hash(f"{link}{one}".encode())
        yield link


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_DIGITS]
