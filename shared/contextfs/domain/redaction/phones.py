"""Phone numbers: with their country (ITU-T E.164), as North America writes them, or where a word says so."""

from collections.abc import Iterator
from typing import Final

from contextfs.domain.redaction.digits import WORD, after, begins, only_digits, where
from contextfs.domain.redaction.model import Span
from contextfs.kit.pattern import pattern

_RANK: Final = 5
_PLUS: Final = pattern(rb"\+(?P<value>[1-9](?:[ ./()-]{0,2}[0-9]){7,14})(?:x[0-9]{1,6})?(?![0-9A-Za-z_])")
_NEEDLES: Final = (b".000.-000-0000", b".000.000-0000", b"000-000-0000", b"000.000.0000")
_AMERICAN: Final = pattern(
    rb"(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}(?P<sep>[.-]))[0-9]{3}(?(sep)(?P=sep)|[.-])[0-9]{4}"
    rb"(?: ?(?:x|ext\.?) ?[0-9]{1,6})?(?![0-9A-Za-z_-]|[.][0-9])",
)
_NAMED: Final = pattern(
    rb"(?xi)"
    + WORD
    + rb"""(?: (?:(?:tele|cell)?phone|mobile|cell|tel|fax|desk|whatsapp) (?:[ _-]?(?:number|num|no|nr))? [.]?
                   (?:["'`\ \t:=*]|is|at|on|under){1,8}+
               | (?:call|text|reach) (?:\ (?:me|us|him|her|them))? (?:\ back)? \ (?:at|on|under)[ ]
               | (?:my|our|contact) \ number (?:\ is|:)[ ]
               | dial[ ] )
        (?! (?:19|20)[0-9]{2}(?P<a>[-./])[01]?[0-9](?P=a)[0-3]?[0-9](?![0-9])  # a date
          | [0-3]?[0-9](?P<b>[-./])[0-3]?[0-9](?P=b)(?:19|20)[0-9]{2}(?![0-9])
          | [0-9]{1,3}(?:[.][0-9]{1,3}){3}(?![.]?[0-9]) )  # an address of a machine
        (?P<value> \(?[0-9] (?:[\ ./()-]{0,2}[0-9]){6,14} (?:x[0-9]{1,6})? ) (?![0-9A-Za-z_-]|[.:][0-9])""",
)
_WORDS: Final = (
    *(b"phone", b"mobile", b"cell", b"tel", b"fax", b"desk", b"whatsapp", b"call", b"text", b"reach", b"dial"),
    *(b"my number", b"our number", b"contact number"),
)
_FICTIONAL: Final = pattern(rb"55501[0-9]{2}$")

_TWO: Final = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66"
_TWO_MORE: Final = "81 82 84 86 90 91 92 93 94 95 98"
_THREE: Final = "21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 80 85 87 88 96 97 99"
"""The first two digits of the country codes that have three."""
_CODES: Final = frozenset(code.encode() for code in f"{_TWO} {_TWO_MORE} {_THREE}".split())
_AMERICAN_LENGTH: Final = 11
_LENGTHS: Final = range(9, 16)


def phones(data: bytes, shape: bytes, lowered: bytes) -> Iterator[Span]:
    """Find phone numbers; `shape` is that of the data."""
    for match in _PLUS.finditer(data):
        if begins(data, match.start()) and _is_with_country(only_digits(match["value"])):
            yield from _unless_fictional(match.start(), match[0])
    for needle in _NEEDLES:
        for at in where(shape, needle):
            match = _AMERICAN.match(data, at) if begins(data, at) else None
            if match:
                yield from _unless_fictional(at, match[0])
    for word in _WORDS:
        for match in after(data, lowered, word, _NAMED):
            yield from _unless_fictional(match.start("value"), match["value"])


def _is_with_country(digits: bytes) -> bool:
    """Say whether digits can be the code of a country and a number in it."""
    if digits.startswith(b"1"):  # then an area code, which begins with neither 0 nor 1
        return len(digits) == _AMERICAN_LENGTH and digits[1] > 49
    if digits.startswith(b"7"):  # Russia and Kazakhstan
        return len(digits) == _AMERICAN_LENGTH
    return digits[:2] in _CODES and len(digits) in _LENGTHS


def _unless_fictional(at: int, number: bytes) -> Iterator[Span]:
    """Pass over the numbers that are kept free for films and examples: 555-0100 to 555-0199."""
    if not _FICTIONAL.search(only_digits(number)):
        yield Span(at, at + len(number), "phone", _RANK)
