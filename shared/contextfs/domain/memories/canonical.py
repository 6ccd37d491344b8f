"""The one spelling of a JSON value: the text under a revision's id, stable for ever.

It is RFC 8785 (JSON Canonicalization Scheme): no spaces, keys sorted by UTF-16 code units, the shortest escapes,
numbers as ECMAScript prints them, so that `1`, `1.0` and `1e0` are one value whichever store or language carried them.
One difference: integers of up to 21 digits are written exactly, where the RFC would round them to doubles.

Text is not normalised: NFC and NFD spellings differ, and so do line ends. An id that ignored a difference would stand
for two texts, and each replica would show whichever came first; and Unicode's tables change, while ids may not.
What some store could not hold (half characters, the character zero, infinities) has no spelling at all.
"""

from decimal import Decimal
from math import isfinite
from typing import Any, Final, cast

import msgspec

from contextfs.kit.errors import Invalid

DEPTH: Final = 100

# From here on ECMAScript prints numbers with an exponent, and stores hand integers back as doubles.
_LARGE: Final = 10**21
_EXACT: Final = 2.0**53
_DIGITS: Final = 21
_ZEROS: Final = 6
_NO_SPELLING: Final = b"\\u0000"
_quoted = msgspec.json.Encoder().encode
_sorted = msgspec.json.Encoder(order="sorted").encode


def canonical(value: Any) -> str:
    """Spell a JSON value (None, bool, int, float, str, list or tuple, dict with text keys) in its one way.

    `Invalid`, with the place in `where`, for anything else, and for what is nested more than `DEPTH` levels.
    """
    try:
        return _written(value, 0)
    except Invalid as error:
        raise Invalid(error.detail, where=_place(value, "$", 0)) from None


def canonical_texts(value: Any) -> bytes:
    """Spell what holds nothing but texts, lists or tuples, and dicts with ASCII keys, as `canonical` does, in UTF-8.

    Only numbers and the order of other keys are spelled in ways of our own; all else a library writes ten times faster.
    """
    try:
        text = _sorted(value)
    except UnicodeEncodeError:
        return canonical(value).encode()
    return canonical(value).encode() if _NO_SPELLING in text else text


def _written(value: Any, depth: int) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return _object(cast("dict[Any, Any]", value), _deeper(depth))
    if isinstance(value, (list, tuple)):
        deeper = _deeper(depth)
        return f"[{','.join([_written(item, deeper) for item in cast('list[Any]', value)])}]"
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(value)
    raise Invalid(f"a {type(value).__name__} is not JSON; use text, numbers, true, false, null, [] or {{}}")


def _deeper(depth: int) -> int:
    if depth >= DEPTH:
        raise Invalid(f"JSON is nested more than {DEPTH} levels deep; flatten it")
    return depth + 1


def _object(value: dict[Any, Any], depth: int) -> str:
    for key in value:
        if not isinstance(key, str):
            raise Invalid(f"the key {key!r} is not text; JSON keys are text")
    names = sorted(value)
    if not "".join(names).isascii():
        names.sort(key=_units)
    return f"{{{','.join([f'{_text(name)}:{_written(value[name], depth)}' for name in names])}}}"


def _units(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _text(value: str) -> str:
    if "\0" in value:
        raise Invalid("there is a character zero in the text, which Postgres cannot hold; remove it")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise Invalid(f"character {error.start} of the text is half a character; remove it") from None
    return _quoted(value).decode()


def _number(value: float) -> str:
    if isinstance(value, int) and -_LARGE < value < _LARGE:
        return str(value)
    try:
        double = float(value)
    except OverflowError:
        double = float("inf")
    if not isfinite(double):
        raise Invalid("the number is not finite, or too large for JSON; write it as text")
    if double.is_integer() and -_EXACT < double < _EXACT:
        return str(int(double))
    return _double(double)


def _double(value: float) -> str:
    """Print a double as ECMAScript's Number::toString does (ECMA-262, section 6.1.6.1.20)."""
    sign, numerals, exponent = Decimal(repr(value)).normalize().as_tuple()
    digits = "".join(map(str, numerals))
    point = len(digits) + cast("int", exponent)
    if len(digits) <= point <= _DIGITS:
        text = digits + "0" * (point - len(digits))
    elif 0 < point <= _DIGITS:
        text = f"{digits[:point]}.{digits[point:]}"
    elif -_ZEROS < point <= 0:
        text = f"0.{'0' * -point}{digits}"
    else:
        fraction = f".{digits[1:]}" if digits[1:] else ""
        text = f"{digits[0]}{fraction}e{point - 1:+d}"
    return f"-{text}" if sign else text


def _place(value: Any, path: str, depth: int) -> str:
    """Find the innermost part of a value that has no spelling. Slow, and only for the error."""
    parts: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        parts = [(f"{path}.{key}", part) for key, part in cast("dict[Any, Any]", value).items()]
    elif isinstance(value, (list, tuple)):
        parts = [(f"{path}[{i}]", part) for i, part in enumerate(cast("list[Any]", value))]
    for at, part in parts:
        try:
            _written(part, 0)
        except Invalid:
            return path if depth == DEPTH else _place(part, at, depth + 1)
    return path
