"""Tell at memory speed which of many texts may hold a secret, so that only these are looked at one by one.

Looking for secrets costs a few microseconds for each text however short it is, and JSON is made of short ones. Joined
they are looked through in one pass. What this passes over holds nothing that `redact` would find; what it names may
still be harmless.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, cast

from contextfs.domain.redaction.pairs import HOLDING, WRAPPED, pairs
from contextfs.domain.redaction.rules import LEAST, least_number, named_kind, spans, written
from contextfs.kit.pattern import pattern
from contextfs.kit.personal import USUAL
from contextfs.kit.redaction_rule import Wanted

_BETWEEN = b"\n\0\n"
_HARMLESS: set[str] = set()
"""Keys that give no secret away: tools write the same few in each record."""
_MOST_NAMES = 4096
_NAMED = pattern(rb"(?i)pass|pwd|secret|token|key|credential|ssn|social|phone|mobile|cell|tel|fax|whatsapp")


def suspects(texts: Sequence[str], wanted: Collection[Wanted] = USUAL) -> set[int]:
    """Give the places of the texts that may hold a secret."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    found = spans(_BETWEEN.join(encoded), wanted)
    if not found:
        return set()
    starts = list(accumulate((len(one) + len(_BETWEEN) for one in encoded), initial=0))
    return {place for span in found for place in _touched(starts, span.start, span.end, len(texts))}


def gather(value: Any, into: dict[str, Any], wanted: Collection[Wanted] = USUAL) -> bool:
    """Put every string of a JSON value among the keys of `into`, its objects' keys too, and numbers that are looked at.

    Tells whether there may be a secret that only its key gives away, as in `{"password": "…"}`.
    """
    is_named = False
    least = least_number(wanted)
    todo = [value]
    while todo:
        one = todo.pop()
        if one.__class__ is dict:
            members = cast("dict[str, Any]", one)
            into.update(members)  # its keys; what they stand for is of no account
            if not is_named and not members.keys() <= _HARMLESS:
                is_named = _is_given_away(members, least, wanted)
            inside = members.values()
        else:
            inside = cast("list[Any]", one) if one.__class__ is list else [one]
        for of in inside:
            kind = of.__class__
            if kind is str:
                into[of] = None
            elif kind is dict or kind is list:
                todo.append(of)
            elif (kind is int or kind is float) and of >= least:
                _note(of, least, into)
    return is_named


def _note(number: float, least: float, into: dict[str, Any]) -> None:
    text = written(number, least)
    if text is not None:
        into[text] = None


def _is_given_away(members: dict[str, Any], least: float, wanted: Collection[Wanted]) -> bool:
    """Tell whether what a value is called makes a secret of it; keys that never do so are kept in mind."""
    named = pairs(members)
    for key, value in members.items():
        if key in _HARMLESS:
            continue
        names = [name for name in named.get(key, (key,)) if _is_named(name)]
        if names:
            is_small = value.__class__ is int and value < LEAST  # a count of tokens, mostly
            if not is_small and any(_is_secret(name, value, least, wanted) for name in names):
                return True
        elif key not in HOLDING and len(_HARMLESS) < _MOST_NAMES:
            _HARMLESS.add(key)
    return False


def _is_secret(name: str, value: Any, least: float, wanted: Collection[Wanted]) -> bool:
    """Judge a string or a number; what holds some that are judged by the key as well is taken for one."""
    if value.__class__ is str:
        return named_kind(name, value, wanted) is not None
    number = written(value, least)
    if number is None or value < LEAST:
        return value.__class__ is list or (value.__class__ is dict and WRAPPED in value)
    return named_kind(name, number, wanted) is not None


@lru_cache(maxsize=_MOST_NAMES)
def _is_named(name: str) -> bool:
    return _NAMED.search(name.encode("utf-8", "surrogatepass")) is not None


def _touched(starts: Sequence[int], start: int, end: int, count: int) -> Iterable[int]:
    first = max(0, bisect_right(starts, start) - 1)
    return range(first, min(count, bisect_right(starts, end - 1)))
