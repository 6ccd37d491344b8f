"""BM25 as the inner product of two sparse vectors: a passage's term weights and a query's rarities.

score(query, passage) = sum over the query's terms of idf(term) * weight(term, passage), with k1 = 1.2 and b = 0.75
(Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; the idf that cannot go below
zero is Lucene's). Rarities live in the query's vector alone, so a growing project never makes stored weights stale.
It does not know where the counts come from.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from heapq import nlargest
from math import inf, isfinite, log

from contextfs.domain.search.stemmers import length, share
from contextfs.domain.search.tokens import DIMENSIONS, dimension
from contextfs.kit.errors import Invalid
from contextfs.kit.languages import ENGLISH, Languages

K1 = 1.2
B = 0.75
CEILING = K1 + 1
"""What a term's weight in a passage stays below, however often it is said."""

AVERAGE_LENGTH = 60.0
"""Terms in a usual passage. BM25 is forgiving: a constant off by half keeps 93 of 100 top results."""

HALF = 20.0
"""The score that counts as one half when a score is brought to 0..1."""

_MOST_ENTRIES = 16_000
_DIGITS = 5


def weights(terms: Sequence[str], *, average_length: float, languages: Languages = ENGLISH) -> dict[int, float]:
    """Weigh a passage's terms by dimension: tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / average_length)).

    `average_length` is the project's mean number of terms in a passage; it may be off by half without much harm.
    Two terms that fall on one dimension add up. The terms that a word has in several languages count as one together.
    An average that is not above zero is Invalid.
    """
    if not (isfinite(average_length) and average_length > 0):
        raise Invalid(f"average_length must be above zero, not {average_length}; use 1 for an empty project")
    found: dict[int, float] = {}
    said = length(terms, languages)
    for term, count in Counter(terms).items():
        place = dimension(term)
        worth = weight(count, length=said, average_length=average_length)
        found[place] = found.get(place, 0.0) + (worth * share(term, languages) if languages else worth)
    return found


def weight(count: int, *, length: int, average_length: float) -> float:
    """Weigh a term that is said `count` times in a passage of `length` terms."""
    return count * CEILING / (count + K1 * (1 - B + B * length / average_length))


def idf(n: int, df: int) -> float:
    """Give the rarity of a term that `df` of `n` passages hold: ln(1 + (n - df + 0.5) / (df + 0.5)), above zero.

    Counts that lag behind (df above n) are taken as df = n.
    """
    df = max(0, min(df, n))
    return log(1 + (n - df + 0.5) / (df + 0.5))


def rarities(terms: Sequence[str], *, n: int, dfs: Mapping[str, int]) -> dict[int, float]:
    """Give a query's vector by dimension: each distinct term's idf, where a term without an entry in `dfs` has df 0."""
    found: dict[int, float] = {}
    for term in dict.fromkeys(terms):
        place = dimension(term)
        found[place] = found.get(place, 0.0) + idf(n, dfs.get(term, 0))
    return found


def saturated(score: float, half: float = HALF) -> float:
    """Bring a score (0 and up) to 0..1: `half` gives one half; infinite gives 1."""
    score = max(0.0, score)
    return 1.0 if score == inf else score / (score + half)


def sparsevec_text(weights: Mapping[int, float]) -> str:
    """Write weights in pgvector's text form `{1:0.5,7:2}/1000000000`: places from 1, ascending, zeros left out.

    pgvector stores at most 16,000 entries; of more, the heaviest are kept.
    """
    kept = weights if len(weights) <= _MOST_ENTRIES else dict(nlargest(_MOST_ENTRIES, weights.items(), key=_heaviest))
    entries = ((place, round(kept[place], _DIGITS)) for place in sorted(kept))
    body = ",".join(f"{place}:{_plain(weight)}" for place, weight in entries if weight)
    return f"{{{body}}}/{DIMENSIONS + 1}"


def _heaviest(entry: tuple[int, float]) -> tuple[float, int]:
    return entry[1], entry[0]


def _plain(weight: float) -> str:
    return f"{weight:.{_DIGITS}f}".rstrip("0").rstrip(".")
