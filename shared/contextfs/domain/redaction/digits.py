"""Where numbers stand that people write in groups: found by their shape, at memory speed."""

import re
from collections.abc import Iterator
from typing import Final

_SHAPE: Final = bytes(48 if c in b"0123456789" else 45 if c in b" -" else 46 for c in range(256))
_BEFORE: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-+/%"
_ESCAPES: Final = (b"\\n", b"\\r", b"\\t")


def shape_of(data: bytes) -> bytes:
    """Give the text with `0` for each digit, `-` for what stands between groups of them, and `.` for all else."""
    return data.translate(_SHAPE)


def begins(data: bytes, at: int) -> bool:
    """Say whether a number begins here: not within a fraction, an id or a path, but behind an escaped end of a line."""
    return at == 0 or data[at - 1] not in _BEFORE or data[max(0, at - 2) : at] in _ESCAPES


def where(text: bytes, needle: bytes) -> Iterator[int]:
    """Give the places of a needle, each once that another one may begin in."""
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + 1)


def after(data: bytes, lowered: bytes, word: bytes, shape: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """Match a shape wherever its word stands."""
    at = lowered.find(word)
    while at >= 0:
        match = shape.match(data, at)
        if match:
            yield match
        at = lowered.find(word, match.end() if match else at + len(word))
