"""Fusion: one calibrated score from the lexical and the semantic leg, so that a threshold means the same everywhere.

Each leg is brought to 0..1 by itself, without looking at the other hits: BM25 saturates, s / (s + half); a cosine is
clipped. Relevance is a convex mean: of the two legs for a memory, of these and the signals of `signals.py` for what
was said in a conversation. The order is that of relevance in hundredths, as it is shown; freshness, trust and a pin
decide among what is equal there. They never multiply, for an old fact must not be forgotten because it is old.

The weights of conversations were fitted by listwise softmax on labelled ones (development halves of LoCoMo, BEAM and
coding sessions); `benchmarks/retrieval` says what each is worth on conversations that it was not fitted on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from math import inf, isfinite

import msgspec

from contextfs.domain.search.bm25 import HALF, saturated
from contextfs.domain.search.decay import freshness, half_life
from contextfs.domain.search.signals import Kind, Signals

_SAID: dict[Kind, dict[str, float]] = {
    "assistance": {"semantic": 5.3, "lexical": 6.1, "support": 4.0, "own": 2.8, "stated": 1.0, "opens": 0.6},
    "dialogue": {
        "semantic": 6.0,
        "window": 4.5,
        "before": 1.5,
        "support": 6.2,
        "named": 2.9,
        "dated": 2.9,
        "stated": 0.9,
        "timed": 0.9,
    },
}
_TOPICAL = frozenset({"semantic", "lexical", "window", "before", "exact"})
_LOWEST = 0.1
_DIGITS = 2


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """What the legs found about one passage, memory or session.

    None means that a leg could not judge it: the leg was down or off, or the vector is still pending. A leg that
    looked and found nothing says 0.0; a store computes both scores for the union of both legs' candidates.
    """

    key: str
    lexical: float | None = None
    semantic: float | None = None
    occurred_at: datetime | None = None
    type: str = ""
    trust: float = 1.0
    pinned: bool = False
    signals: Signals | None = None
    """What else speaks for a passage of a conversation; None for a memory."""
    exact: float | None = None
    """The share of the question's quoted phrases and identifiers that it holds; None: the question has none."""
    graph: float | None = None
    """How strongly a walk over the graph came to it; None: nobody walked."""


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """How much each part counts."""

    semantic: float = 0.75
    lexical: float = 0.25
    lexical_half: float = HALF
    """The BM25 score that counts as one half."""
    said: Mapping[Kind, Mapping[str, float]] = msgspec.field(default_factory=lambda: _SAID)
    """How much each leg and signal counts for what was said, by the kind of conversation."""
    exact: float = 0.3
    """How much quoted phrases and identifiers count, as a part of all else together."""
    wished: float = 4.0
    """By how much the odds of relevance rise for what a person always wants, where advice is asked for."""
    graph: float = 0.2
    """The part of what is missing to a relevance of 1 that a walk over the graph fills, where it came by for sure."""
    fine: float = 0.002
    """What the relevance counts within its hundredth; the four share less than a step of the order."""
    freshness: float = 0.003
    trust: float = 0.003
    pinned: float = 0.0018


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """How a score came about, by words and by meaning.

    Of each: the raw score, its 0..1 reading and its rank (equal scores share one).
    """

    lexical_score: float | None
    lexical: float | None
    lexical_rank: int | None
    semantic_score: float | None
    semantic: float | None
    semantic_rank: int | None
    relevance: float
    freshness: float
    """How fresh it is, from 0 to 1: halved every `half_life` days, never where that is None."""
    half_life: float | None
    trust: float
    pinned: float
    terms: dict[str, float] = {}
    """Each term of the relevance that applied, from 0 to 1: the legs and the signals by their names."""
    kind: str = "memory"
    reranked: float | None = None
    """What a reranker said, from 0 to 1, which is the relevance then; None: it did not read this, or there is none."""


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A hit in its place. Thresholds are for `relevance`, and the order is that of `score`; both lie in 0..1.

    The order never contradicts the relevance as it is shown, with two digits.
    """

    hit: Hit
    score: float
    relevance: float
    explanation: Explanation
    copies: tuple[str, ...] = ()
    """Keys of hits that say the same and gave way to this one, best first."""


DEFAULT = Weights()


def fuse(hits: Iterable[Hit], *, now: datetime, weights: Weights = DEFAULT) -> list[Ranked]:
    """Rank hits by their calibrated score; equal scores go newest first, then by key. The input's order is irrelevant.

    A hit that one leg could not judge stands on the other alone; one that neither judged has relevance 0.
    """
    found = list(hits)
    lexical = _ranks(found, lambda hit: hit.lexical)
    semantic = _ranks(found, lambda hit: hit.semantic)
    ranked = [
        _rank(hit, now=now, weights=weights, lexical_rank=lexical.get(hit.key), semantic_rank=semantic.get(hit.key))
        for hit in found
    ]
    return sorted(ranked, key=order_of)


def _rank(hit: Hit, *, now: datetime, weights: Weights, lexical_rank: int | None, semantic_rank: int | None) -> Ranked:
    terms, share = _terms(hit, weights)
    relevance = _relevance(terms, share)
    known = {name: terms[name] or 0.0 for name in share if terms[name] is not None}
    if hit.signals is not None and hit.signals.wished is not None:
        known["wished"] = wished = hit.signals.wished
        relevance = _likelier(relevance, 1 + (weights.wished - 1) * wished)
    if hit.graph is not None:
        known["graph"] = graph = _unit(hit.graph)
        relevance += (1 - relevance) * weights.graph * graph
    halved = half_life(hit.type)
    fresh = freshness(hit.occurred_at, now=now, half_life=halved)
    trust, pinned = _unit(hit.trust), float(hit.pinned)
    score = score_of(relevance, fresh, trust, pinned, weights)
    explanation = Explanation(
        lexical_score=hit.lexical,
        lexical=terms["lexical"],
        lexical_rank=lexical_rank,
        semantic_score=hit.semantic,
        semantic=terms["semantic"],
        semantic_rank=semantic_rank,
        relevance=relevance,
        freshness=fresh,
        half_life=halved if isfinite(halved) else None,
        trust=trust,
        pinned=pinned,
        terms=known,
        kind=hit.signals.kind if hit.signals else "memory",
    )
    return Ranked(hit=hit, score=score, relevance=relevance, explanation=explanation)


def score_of(relevance: float, fresh: float, trust: float, pinned: float, weights: Weights) -> float:
    """Place a relevance by hundredths, and what is equal there by the rest; all from 0 to 1."""
    step = round(relevance, _DIGITS)
    fine = _unit((relevance - step) * 10**_DIGITS + 0.5)
    extras = weights.fine * fine + weights.freshness * fresh + weights.trust * trust + weights.pinned * pinned
    return (1 - weights.fine - weights.freshness - weights.trust - weights.pinned) * step + extras


def _terms(hit: Hit, weights: Weights) -> tuple[dict[str, float | None], Mapping[str, float]]:
    """Give what each leg and signal says of a hit, 0..1 or None, and how much each of them counts."""
    terms: dict[str, float | None] = {
        "lexical": None if _blank(hit.lexical) else saturated(hit.lexical or 0.0, weights.lexical_half),
        "semantic": None if _blank(hit.semantic) else _unit(hit.semantic or 0.0),
        "exact": hit.exact,
    }
    share: dict[str, float] = {"semantic": weights.semantic, "lexical": weights.lexical}
    if hit.signals is not None:
        share = dict(weights.said[hit.signals.kind])
        terms |= {name: getattr(hit.signals, name) for name in share if name not in terms}
    return terms, share | {"exact": weights.exact * sum(share.values())}


def _relevance(terms: Mapping[str, float | None], share: Mapping[str, float]) -> float:
    """Average the terms that are known by their weights; where nothing speaks of the question it is 0.

    What a passage gets for its place (its speaker, its date) is pressed into the lowest tenth, so that a threshold
    means the same for what was said as for memories, and never brings it above what speaks of the question by itself.
    """
    known = [(name, value, share[name]) for name in share if (value := terms[name]) is not None]
    if not any(value for name, value, _ in known if name in _TOPICAL):
        return 0.0
    total = sum(weight for _, _, weight in known)
    speaking = [(value, weight) for name, value, weight in known if name in _TOPICAL or name == "support"]
    spoken = sum(value * weight for value, weight in speaking) / total
    idle = 1 - sum(weight for _, weight in speaking) / total
    mean = sum(value * weight for _, value, weight in known) / total
    knee = idle + _LOWEST * (1 - idle)
    if not idle or mean >= knee:
        return min(1.0, (mean - idle) / (1 - idle))
    return min(mean / knee * _LOWEST, spoken / (1 - idle))


def _likelier(relevance: float, times: float) -> float:
    """Multiply the odds of a relevance: what has none keeps none, and two of them keep their order."""
    return relevance * times / (1 + (times - 1) * relevance)


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))


def _blank(score: float | None) -> bool:
    """Tell whether a leg has nothing to say; pgvector's cosine of a zero vector is NaN."""
    return score is None or not (isfinite(score) or score == inf)


def _ranks(hits: Sequence[Hit], score: Callable[[Hit], float | None]) -> dict[str, int]:
    """Give each judged hit's rank in one leg, from 1."""
    judged = [(value, hit.key) for hit in hits if (value := score(hit)) is not None and not _blank(value)]
    first: dict[float, int] = {}
    for rank, (value, _) in enumerate(sorted(judged, reverse=True), start=1):
        first.setdefault(value, rank)
    return {key: first[value] for value, key in judged}


def order_of(one: Ranked) -> tuple[float, float, str]:
    """Give what ranks are sorted by: the score, then the newest, then the key."""
    at = one.hit.occurred_at
    return -one.score, -at.timestamp() if at else inf, one.hit.key
