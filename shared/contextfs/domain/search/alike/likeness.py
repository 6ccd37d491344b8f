"""How alike two texts are. What differs in a number, a name, a version or a negation is never the same.

Two texts say the same when the same words are left of them, endings and words of courtesy aside. Their order may differ
only where no word tells a direction ("tabs over spaces"), and nothing could have changed places. A long one that only
adds a word or two to the other says the same, too. They are near when most of their shingles (words, and pairs of
neighbours) are shared, and all that differs is that one adds something, or that one word stands elsewhere.
"""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from struct import unpack
from typing import Literal, NamedTuple

from contextfs.domain.search.alike.words import COURTESY, DIRECTIONS, NARROWING, NEGATIONS, NUMBERS, listed
from contextfs.domain.search.stems import stem
from contextfs.kit.digest import blake2b
from contextfs.kit.pattern import pattern

Likeness = Literal["same", "near"]

NEAR = 0.5
"""Shared shingles, of all, from which on two texts are near each other."""

_ADDS = 0.8
_LONG = 8
_LEAST = 3
_BANDS, _ROWS = 16, 2

_PARTS = pattern(r"[,;]\s")
_TOKEN = pattern(r"`[^`]+`|[^\s`]+")
_EDGES = pattern(r"^[^\w/.~#@$<-]+|[^\w/%+#>]+$|^-(?!-?\w)")
_SENTENCE_END = pattern(r"[.!?:]['\")\]]*$")
_EXACT = pattern(r"\d|\w[._/:@#+=\\-]\w|^[-./~#@$<]|[/%+#>]$|[a-z][A-Z]|^[A-Z]{2,}s?$|\w[(\[{]")
_OPERATOR = pattern(r"[<>=+%&]+|!=")
_CONTRACTION = pattern(r"(?i)n['\u2019]?t$")
_CLITIC = pattern(r"(?i)['\u2019](?:s|re|ve|ll|m|d)$")
_AUXILIARIES = listed("do does did is are was were has have had wo ca could should would must need")


class Gist(NamedTuple):
    """What is left of a text: its words as stems, in order; those that must not differ; and all shingles.

    `is_ordered` says that it would mean something else in another order.
    """

    words: tuple[str, ...]
    firm: frozenset[str]
    shingles: frozenset[str]
    is_ordered: bool


@lru_cache(maxsize=1 << 14)
def gist(text: str) -> Gist:
    """Read a text down to its words."""
    words: list[str] = []
    firm: set[str] = set()
    is_ordered = False
    for word, is_exact in _words(text):
        if word in COURTESY and not is_exact:
            continue
        is_ordered = is_ordered or word in DIRECTIONS or word in NEGATIONS
        left = stem(word) if word.isascii() and word.isalpha() else word
        words.append(left)
        if is_exact or word in NEGATIONS or word in NUMBERS:
            firm.add(left)
    pairs = (f"{one} {other}" for one, other in pairwise(words))
    is_ordered = is_ordered or len(firm) > 1 or len(set(words)) < len(words) or _PARTS.search(text) is not None
    return Gist(tuple(words), frozenset(firm), frozenset([*words, *pairs]), is_ordered)


def alike(one: Gist, other: Gist) -> Likeness | None:
    """Tell how alike two texts are; None where they are not, or where what differs must not."""
    if not one.words or not other.words or not _is_firm_in(one, other) or not _is_firm_in(other, one):
        return None
    if one.words == other.words:
        return "same"
    if sorted(one.words) == sorted(other.words):
        return _moved(one, other)
    short, long = sorted((one, other), key=lambda it: len(it.words))
    share = shared(one, other)
    if Counter(short.words) - Counter(long.words) or NARROWING & set(long.words) - set(short.words):
        return None
    if share >= _ADDS and _is_within(short.words, long.words):
        return "same"
    return "near" if share >= NEAR and len(short.words) >= _LEAST else None


def shared(one: Gist, other: Gist) -> float:
    """Give the share of their shingles that two texts have in common (Jaccard)."""
    return len(one.shingles & other.shingles) / (len(one.shingles | other.shingles) or 1)


def bands(one: Gist) -> Iterator[tuple[int, ...]]:
    """Give the keys of a text: near ones share one, with high probability (MinHash: Broder 1997; banded as usual)."""
    if not one.shingles:
        return
    smallest = list(map(min, *map(_hashes, one.shingles))) if len(one.shingles) > 1 else _hashes(*one.shingles)
    for band in range(_BANDS):
        yield (band, *smallest[band * _ROWS : (band + 1) * _ROWS])


@lru_cache(maxsize=1 << 16)
def _hashes(shingle: str) -> tuple[int, ...]:
    """Give 32 hashes of a shingle; two digests hold as many as 32 hash functions would give."""
    said = shingle.encode("utf-8", "surrogatepass")
    return unpack("<32I", blake2b(said, person=b"ctxfs-one").digest() + blake2b(said, person=b"ctxfs-two").digest())


def _is_firm_in(one: Gist, other: Gist) -> bool:
    """Tell whether another text has all that must not differ; a name may be written small there."""
    return one.firm <= set(other.words)


def _moved(one: Gist, other: Gist) -> Likeness | None:
    """Judge two texts of the same words in another order."""
    if not one.is_ordered and not other.is_ordered:
        return "same"
    loose = set(one.words) - one.firm - other.firm
    without = ([tuple(it for it in words if it != word) for words in (one.words, other.words)] for word in loose)
    return "near" if any(left == right for left, right in without) else None


def _is_within(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Tell whether a long enough text holds another's words in their order, and adds but a few."""
    rest = iter(long)
    return len(short) >= _LONG and all(word in rest for word in short)


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the words of a text in small letters, each with whether it must not differ: code, a number, a name."""
    begins = True
    for token in _TOKEN.findall(text.replace("**", " ").replace("\u2019", "'")):
        if token.startswith("`"):
            yield from ((part.casefold(), True) for part in token.strip("`").split())
            begins = False
            continue
        bare = _EDGES.sub("", token)
        if bare and (negated := _CONTRACTION.sub("", bare)) != bare and negated.casefold() in _AUXILIARIES:
            yield ("not", True)
        elif bare:
            plain = _CLITIC.sub("", bare)
            named = plain[:1].isupper() and not begins and plain != "I"
            yield (plain.casefold(), named or _EXACT.search(plain) is not None)
        elif _OPERATOR.fullmatch(token):
            yield (token, True)
        begins = _SENTENCE_END.search(token) is not None or (begins and not bare)
