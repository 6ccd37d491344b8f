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

from contextfs.domain.redaction.rules import LEAST, least_number, named_kind, spans, written
from contextfs.kit.pattern import pattern
from contextfs.kit.personal import USUAL
from contextfs.kit.redaction_rule import Wanted

_BETWEEN = b"\n\0\n"
_NAMED = pattern(rb"(?i)pass|pwd|secret|token|key|credential|ssn|social|phone|mobile|cell|tel|fax|whatsapp")


def suspects(texts: Sequence[str], wanted: Collection[Wanted] = USUAL) -> set[int]:
    """Give the places of the texts that may hold a secret."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    found = spans(_BETWEEN.join(encoded), wanted)
    if not found:
        return set()
    starts = list(accumulate((len(one) + len(_BETWEEN) for one in encoded), initial=0))
    return {place for span in found for place in _touched(starts, span.start, span.end, len(texts))}


def gather(value: Any, into: dict[str, None], wanted: Collection[Wanted] = USUAL) -> bool:
    """Put every string of a JSON value into a collection, its objects' keys too, and numbers that are looked at.

    Tells whether there may be a secret that only its key gives away, as in `{"password": "…"}`.
    """
    is_named = False
    least = least_number(wanted)
    todo = [value]
    while todo:
        one = todo.pop()
        if one.__class__ is dict:
            for name, of in cast("dict[str, Any]", one).items():
                into[name] = None
                if of.__class__ is str:
                    into[of] = None
                elif of.__class__ is dict or of.__class__ is list:
                    todo.append(of)
                elif not _noted(of, into, least):
                    continue
                is_named = is_named or (_is_named(name) and _is_secret(name, of, wanted))
        elif one.__class__ is list:
            todo += cast("list[Any]", one)
        elif one.__class__ is str:
            into[one] = None
        else:
            _noted(one, into, least)
    return is_named


def _noted(one: Any, into: dict[str, None], least: float) -> bool:
    """Put a number into the collection, if it is looked at; tells whether its name judges it, too."""
    number = written(one, least)
    if number is None:
        return False
    into[number] = None
    return one >= LEAST


def _is_secret(name: str, value: Any, wanted: Collection[Wanted]) -> bool:
    """Judge a string; a list is taken for one, since its members are judged by the key as well."""
    if isinstance(value, list | dict):
        return isinstance(value, list)
    return named_kind(name, value if isinstance(value, str) else repr(value), wanted) is not None


@lru_cache(maxsize=4096)
def _is_named(name: str) -> bool:
    return _NAMED.search(name.encode("utf-8", "surrogatepass")) is not None


def _touched(starts: Sequence[int], start: int, end: int, count: int) -> Iterable[int]:
    first = max(0, bisect_right(starts, start) - 1)
    return range(first, min(count, bisect_right(starts, end - 1)))
