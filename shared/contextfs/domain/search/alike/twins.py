"""Twins: of hits that say the same, the best one is shown, and tells which others gave way to it.

A hit gives way to one above it whose text differs in nothing but case, accents, endings, spaces or punctuation, or says
the same as `likeness.py` has it. Who says it counts, and so does asking: what Ana says is no twin of what Ben says, nor
"Did we take Postgres?" of "We took Postgres." It is cheap: texts that share few beginnings of words are not compared.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from contextfs.domain.search.alike.words import COURTESY
from contextfs.domain.search.fusion import Ranked
from contextfs.domain.search.signals import Passage
from contextfs.domain.search.tokens import fingerprint, folded
from contextfs.kit.pattern import pattern

_LEAST = 3
"""Words that a text must have left, so that another one can say the same in other words."""

_SHARED = 0.5
_LETTERS = 4
_WORD = pattern(r"\w{3,}")


def collapse(ranked: Sequence[Ranked], passages: Mapping[str, Passage], *, shown: int) -> list[Ranked]:
    """Keep the first hit of those that say the same, and name the others as its copies, best first.

    `passages` are those of the hits, by key. It looks as far down as `shown` hits need, and at twice as many hits at
    least; what lies behind follows as it is.
    """
    kept: list[Ranked] = []
    copies: dict[str, tuple[str, ...]] = {}
    walked = 0
    for one in ranked:
        if len(kept) >= shown and walked >= 2 * shown:
            break
        walked += 1
        mine = passages[one.hit.key]
        twin = next((it.hit.key for it in kept if are_twins(passages[it.hit.key], mine)), None)
        if twin is None:
            kept.append(one)
        else:
            copies[twin] = (*copies.get(twin, ()), one.hit.key, *one.copies)
    told = (msgspec.structs.replace(it, copies=(*it.copies, *copies.get(it.hit.key, ()))) for it in kept)
    return [*told, *ranked[walked:]]


def are_twins(one: Passage, other: Passage) -> bool:
    """Tell whether two passages say the same, so that one of them is enough."""
    if one.speaker != other.speaker or not may_be_twins(one.body, other.body):
        return False
    return _print(one) == _print(other) or say_the_same(one.body, other.body)


def are_texts_twins(one: str, other: str) -> bool:
    """Tell the same of two texts of which nobody by name said either."""
    return are_twins(Passage(key="", source="", body=one), Passage(key="", source="", body=other))


def may_be_twins(one: str, other: str) -> bool:
    """Tell whether two texts have enough in common to be worth a comparison."""
    ours, theirs = _beginnings(one), _beginnings(other)
    few, many = sorted((len(ours), len(theirs)))
    if few < _SHARED * many:
        return False
    common = len(ours & theirs)
    return common >= _SHARED * (few + many - common)


def say_the_same(one: str, other: str) -> bool:
    """Tell whether two texts say the same in nearly the same words, or ask the same."""
    from contextfs.domain.search.alike.likeness import alike, gist  # noqa: PLC0415 - few texts come so far

    ours, theirs = gist(one), gist(other)
    if min(len(ours.words), len(theirs.words)) < _LEAST or _asks(one) != _asks(other):
        return False
    return alike(ours, theirs) == "same"


@lru_cache(maxsize=1 << 12)
def _beginnings(text: str) -> frozenset[str]:
    """Give the first letters of the words that say something: endings do not show in them."""
    return frozenset(word[:_LETTERS] for word in _WORD.findall(folded(text).casefold()) if word not in COURTESY)


def _asks(text: str) -> bool:
    return text.rstrip().endswith("?")


def _print(one: Passage) -> str:
    return fingerprint(one.body) if one.fingerprint is None else one.fingerprint
