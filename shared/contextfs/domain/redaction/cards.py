"""Payment cards: numbers that a network issues (ISO/IEC 7812), with Luhn's check digit."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from contextfs.domain.redaction.digits import WIDE, after, begins, only_digits, spread
from contextfs.domain.redaction.model import Span
from contextfs.kit.pattern import pattern

_RANK: Final = 5
_NEEDLES: Final = (b"0" * 14, b"0000-0000-0000-0", b"0000-000000-0000")
_ENDS: Final = rb"(?![0-9A-Za-z_%]|[.][0-9])"
"""A comma or a dash may follow: then comes the next column, or the card's security code."""
_SEPARATOR: Final = rb"([ -]|" + WIDE + rb")"
_NUMBER: Final = pattern(
    rb"(?:[0-9]{14,19}|[0-9]{4}"
    + _SEPARATOR
    + rb"(?:[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:(?P<more>\1[0-9]{3})"
    + _ENDS
    + rb")?|[0-9]{6}\1[0-9]{4,5}))"
    + _ENDS,
)
_DIGITS: Final = pattern(rb"[0-9]+")
_ISSUED: Final[tuple[tuple[int, int, frozenset[int]], ...]] = (
    (400_000, 499_999, frozenset({16, 19})),  # Visa
    (510_000, 559_999, frozenset({16})),  # Mastercard
    (222_100, 272_099, frozenset({16})),
    (340_000, 349_999, frozenset({15})),  # American Express
    (370_000, 379_999, frozenset({15})),
    (300_000, 305_999, frozenset({14, 16})),  # Diners Club
    (360_000, 369_999, frozenset({14, 16})),
    (380_000, 399_999, frozenset({14, 16})),
    (180_000, 180_099, frozenset({15})),  # JCB
    (213_100, 213_199, frozenset({15})),
    (352_800, 358_999, frozenset({16})),
    (601_100, 601_199, frozenset({16, 19})),  # Discover
    (644_000, 659_999, frozenset({16, 19})),
    (620_000, 629_999, frozenset({16, 19})),  # UnionPay
    (500_000, 509_999, frozenset({16})),  # Maestro
    (560_000, 589_999, frozenset({16})),
)
"""First and last of the first six digits, and how many digits there are. Shorter ones are cards where a word says so:
so long are the numbers of goods, and milliseconds."""
_NAMED: Final = pattern(
    rb"(?i)card[^0-9\r\n]{0,24}(?P<value>[0-9]{12,19}|[0-9]{4}(?:(?:[ -]|"
    + WIDE
    + rb")[0-9]{2,6}){1,3}(?P<more>(?:[ -]|"
    + WIDE
    + rb")[0-9]{2,6}))"
    + _ENDS,
)
_NAMED_LENGTHS: Final = range(12, 20)
_BEHIND: Final = (2, 3, 4)
"""How many digits are written behind a number that are none of it: a month, a security code."""
_SHORTEST_BEFORE: Final = 14
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def cards(data: bytes, shape: bytes, wide: Sequence[int], lowered: bytes) -> Iterator[Span]:
    """Find the numbers of cards, in groups or in one; `shape` and the `wide` separators are those of the data."""
    for match in after(data, lowered, b"card", _NAMED):
        end = _end(match, match.start("value"), _is_named_card)
        if end:
            yield Span(match.start("value"), end, "card", _RANK)
    for match in spread(data, wide, 4, _NUMBER):
        end = _end(match, match.start(), _is_card)
        if end:
            yield Span(match.start(), end, "card", _RANK)
    for needle in _NEEDLES:
        yield from _shaped(data, shape, needle)


def _shaped(data: bytes, shape: bytes, needle: bytes) -> Iterator[Span]:
    at = shape.find(needle)
    while at >= 0:
        run = _DIGITS.match(data, at)
        behind = run.end() if run else at + 1
        match = _NUMBER.match(data, at) if begins(data, at) else None
        end = _end(match, at, _is_card) if match else None
        if end:
            behind = end
            yield Span(at, end, "card", _RANK)
        at = shape.find(needle, behind)


def _end(match: re.Match[bytes], start: int, is_card: Callable[[bytes], bool]) -> int | None:
    """Give where the card ends: with its last group of digits, or before it, when that is no part of it."""
    data, end, less = match.string, match.end(), match.start("more")
    if is_card(only_digits(data[start:end])):
        return end
    is_behind = less >= 0 and len(only_digits(data[less:end])) in _BEHIND
    before = only_digits(data[start:less]) if is_behind else b""
    return less if len(before) >= _SHORTEST_BEFORE and is_card(before) else None


def _is_named_card(digits: bytes) -> bool:
    return len(digits) in _NAMED_LENGTHS and _is_checked(digits)


def _is_card(digits: bytes) -> bool:
    """Say whether a network issues such numbers, and whether the check digit is right."""
    head, size = int(digits[:6]), len(digits)
    return any(low <= head <= high and size in sizes for low, high, sizes in _ISSUED) and _is_checked(digits)


def _is_checked(digits: bytes) -> bool:
    each = [digit - 48 for digit in reversed(digits)]
    return (sum(each[::2]) + sum(_DOUBLED[digit] for digit in each[1::2])) % 10 == 0
