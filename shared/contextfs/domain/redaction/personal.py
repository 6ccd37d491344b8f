"""What tells who somebody is: email addresses, phone numbers, payment cards and US social security numbers.

Names and postal addresses are not looked for: no rule finds them.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from contextfs.domain.redaction.cards import cards
from contextfs.domain.redaction.digits import WIDE, WORD, after, begins, shape_of, spread, where, wide_in
from contextfs.domain.redaction.emails import emails
from contextfs.domain.redaction.model import Span
from contextfs.domain.redaction.phones import phones
from contextfs.kit.pattern import pattern
from contextfs.kit.redaction_rule import Wanted

_RANK: Final = 5
_SSN: Final = pattern(
    rb"([0-9]{3})(?:-|" + WIDE + rb")([0-9]{2})(?:-|" + WIDE + rb")([0-9]{4})(?![0-9A-Za-z_-]|[.][0-9])"
)
_SSN_NAMED: Final = pattern(
    rb"(?i)" + WORD + rb"(?:ssn|social[ _-]?security)[^0-9\r\n]{0,24}"
    rb"(?P<value>([0-9]{3})[ -]?([0-9]{2})[ -]?([0-9]{4}))(?![0-9A-Za-z_-])",
)
_NAMES: Final = pattern(rb"(?i)ssn|social|phone|mobile|cell|tel|fax|whatsapp")
_LONGEST: Final = 40
_NUMBERS: Final = frozenset({"card", "ssn", "phone"})
_NEVER_ISSUED: Final = (b"000", b"666", b"9")


def personal(data: bytes, lowered: bytes, wanted: Collection[Wanted]) -> Iterator[Span]:
    """Find what is of the wanted classes."""
    if not _NUMBERS.isdisjoint(wanted):
        yield from _numbers(data, lowered, wanted)
    if "email" in wanted:
        yield from emails(data)


def _numbers(data: bytes, lowered: bytes, wanted: Collection[Wanted]) -> Iterator[Span]:
    shape, wide = shape_of(data), wide_in(data)
    if "card" in wanted:
        yield from cards(data, shape, wide, lowered)
    if "ssn" in wanted:
        yield from _ssns(data, shape, wide, lowered)
    if "phone" in wanted:
        yield from phones(data, shape, lowered)


def personal_kind(name: str, value: str, wanted: Collection[Wanted]) -> str | None:
    """Judge a value by the name that a JSON object gives it, as in `{"ssn": "123456789"}`; None when it is harmless."""
    said, named = value.encode("utf-8", "surrogatepass"), name.encode("utf-8", "surrogatepass")
    if not 0 < len(said) <= _LONGEST or not _NAMES.search(named):
        return None
    data = named + b": " + said
    start = len(data) - len(said)
    return next(
        (one.kind for one in personal(data, data.lower(), wanted) if (one.start, one.end) == (start, len(data))), None
    )


def _ssns(data: bytes, shape: bytes, wide: Sequence[int], lowered: bytes) -> Iterator[Span]:
    """Find social security numbers: as they are written, or nine digits that a word calls one."""
    for at in where(shape, b"000-00-0000"):
        match = _SSN.match(data, at) if begins(data, at) else None
        if match and _is_issued(*match.groups()):
            yield Span(at, match.end(), "ssn", _RANK)
    for match in spread(data, wide, 3, _SSN):
        if _is_issued(*match.groups()):
            yield Span(match.start(), match.end(), "ssn", _RANK)
    for word in (b"ssn", b"social"):
        for match in after(data, lowered, word, _SSN_NAMED):
            if _is_issued(*match.groups()[1:]):
                yield Span(match.start("value"), match.end("value"), "ssn", _RANK)


def _is_issued(area: bytes, group: bytes, serial: bytes) -> bool:
    return not area.startswith(_NEVER_ISSUED) and group != b"00" and serial != b"0000"
