"""Reranking: what a model says that reads question and text together takes the place of the relevance.

Freshness, trust and a pin go on to decide among what is equal, as everywhere.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from contextfs.domain.search.fusion import DEFAULT, Ranked, Weights, order_of, score_of

MOST: Final = 50
"""How many of the best are read by the model, where no more are wanted."""


def reranked(ranked: Iterable[Ranked], relevances: Mapping[str, float], *, weights: Weights = DEFAULT) -> list[Ranked]:
    """Order anew by relevances, 0 to 1, by the keys of hits; what was not read keeps its own.

    The order of `ranked` is irrelevant, and nobody is added or lost.
    """
    return sorted((_read(one, relevances.get(one.hit.key), weights) for one in ranked), key=order_of)


def _read(one: Ranked, relevance: float | None, weights: Weights) -> Ranked:
    if relevance is None:
        return one
    why = one.explanation
    score = score_of(relevance, why.freshness, why.trust, why.pinned, weights)
    told = msgspec.structs.replace(why, relevance=relevance, reranked=relevance)
    return msgspec.structs.replace(one, score=score, relevance=relevance, explanation=told)
