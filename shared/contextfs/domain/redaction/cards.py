"""Payment cards: numbers that a network issues (ISO/IEC 7812), with Luhn's check digit."""

from collections.abc import Iterator
from typing import Final

from contextfs.domain.redaction.digits import after, begins
from contextfs.domain.redaction.model import Span
from contextfs.kit.pattern import pattern

_RANK: Final = 4
_NEEDLES: Final = (b"0" * 14, b"0000-0000-0000-0", b"0000-000000-0000")
_NUMBER: Final = pattern(
    rb"(?:[0-9]{14,19}|[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:\1[0-9]{3})?|[0-9]{4}([ -])[0-9]{6}\2[0-9]{4,5})"
    rb"(?![0-9A-Za-z_%]|[.,-][0-9])",
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
    rb"(?i)card[^0-9\r\n]{0,24}(?P<value>[0-9]{12,19}|[0-9]{4}(?:[ -][0-9]{2,6}){2,4})(?![0-9A-Za-z_%]|[.,-][0-9])",
)
_NAMED_LENGTHS: Final = range(12, 20)
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def cards(data: bytes, shape: bytes, lowered: bytes) -> Iterator[Span]:
    """Find the numbers of cards, in groups or in one; `shape` is that of the data."""
    for match in after(data, lowered, b"card", _NAMED):
        digits = match["value"].translate(None, b" -")
        if len(digits) in _NAMED_LENGTHS and _is_checked(digits):
            yield Span(match.start("value"), match.end("value"), "card", _RANK)
    for needle in _NEEDLES:
        at = shape.find(needle)
        while at >= 0:
            run = _DIGITS.match(data, at)
            end = run.end() if run else at + 1
            match = _NUMBER.match(data, at) if begins(data, at) else None
            if match and _is_card(match[0].translate(None, b" -")):
                end = match.end()
                yield Span(at, end, "card", _RANK)
            at = shape.find(needle, end)


def _is_card(digits: bytes) -> bool:
    """Say whether a network issues such numbers, and whether the check digit is right."""
    head, size = int(digits[:6]), len(digits)
    return any(low <= head <= high and size in sizes for low, high, sizes in _ISSUED) and _is_checked(digits)


def _is_checked(digits: bytes) -> bool:
    each = [digit - 48 for digit in reversed(digits)]
    return (sum(each[::2]) + sum(_DOUBLED[digit] for digit in each[1::2])) % 10 == 0
