"""Where numbers stand that people write in groups: found by their shape, at memory speed."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

WIDE: Final = rb"\xc2\xa0|\xe2\x80(?:\x91|\x93|\xaf)"
"""What a word processor puts between groups: spaces and hyphens that do not break, and the en dash; UTF-8."""
WORD: Final = rb"(?-i:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z])|(?<=\\[nrt]))"
"""Where a word begins: not within another one, but within `userSsn`, and behind an escaped end of a line."""
_WIDE: Final = (b"\xc2\xa0", b"\xe2\x80\x91", b"\xe2\x80\x93", b"\xe2\x80\xaf")
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


def wide_in(data: bytes) -> list[int]:
    """Give the places of wide separators."""
    return [] if data.isascii() else [at for separator in _WIDE for at in where(data, separator)]


def spread(data: bytes, wide: Sequence[int], first: int, shape: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """Match a shape whose first group, of so many digits, is followed by one of the wide separators."""
    for at in wide:
        match = shape.match(data, at - first) if at >= first and begins(data, at - first) else None
        if match:
            yield match


def only_digits(written: bytes) -> bytes:
    """Give the digits of a number without what stands between them."""
    return bytes(c for c in written if 48 <= c <= 57)


def after(data: bytes, lowered: bytes, word: bytes, shape: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """Match a shape wherever its word stands."""
    at = lowered.find(word)
    while at >= 0:
        match = shape.match(data, at)
        if match:
            yield match
        at = lowered.find(word, match.end() if match else at + len(word))
