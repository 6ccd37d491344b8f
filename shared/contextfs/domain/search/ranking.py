"""The order of what was found: signals are read, scores fused, one passage kept of each source, twins folded together.

Pure, and the same on the server and on the laptop: whoever finds passages hands them over with what the legs said.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import inf

import msgspec

from contextfs.domain.search.alike.twins import collapse
from contextfs.domain.search.fusion import DEFAULT, Hit, Ranked, Weights, fuse
from contextfs.domain.search.question import Question
from contextfs.domain.search.signals import Passage, Signals, read

SHOWN = 100
"""What a search shows at most."""

_MORE = 3
"""Candidates of each leg for one that is shown: measured, a pack holds more of the evidence with 3 than with 2."""
_LEAST_CANDIDATES = 80
_FOR_ADVICE = 180
"""The same, where advice is asked for: what its asker always wants shares few words with it, or none."""


def candidates(limit: int, question: Question | None = None) -> int:
    """Tell how many candidates each leg is asked for, so that `limit` of them can be shown in the right order."""
    least = _FOR_ADVICE if question is not None and question.advice else _LEAST_CANDIDATES
    return max(limit * _MORE, least)


def rank(
    passages: Sequence[Passage],
    question: Question,
    rarities: Sequence[float],
    *,
    now: datetime,
    weights: Weights = DEFAULT,
    shown: int = SHOWN,
) -> list[Ranked]:
    """Bring passages into one order, best first: the best one of each source, and of those that say the same.

    `rarities` are the idf values of `question.words`, in their order. The order of `passages` is irrelevant. Behind the
    first `shown`, what says the same is not looked for.
    """
    signals = read(passages, question, rarities)
    ranked = fuse(
        [_hit(one, signals.get(one.key), question.held_by(one.body)) for one in passages], now=now, weights=weights
    )
    by_key = {one.key: one for one in passages}
    return collapse(_one_a_source(ranked, by_key), by_key, shown=shown)


def listed(passages: Sequence[Passage], *, now: datetime, weights: Weights = DEFAULT) -> list[Ranked]:
    """Bring what filters alone asked for into the order of time, newest first: each is just what was asked for."""
    ranked = fuse([_hit(one) for one in passages], now=now, weights=weights)
    return [msgspec.structs.replace(one, score=1.0, relevance=1.0) for one in sorted(ranked, key=_newest)]


def _newest(one: Ranked) -> tuple[float, str]:
    at = one.hit.occurred_at
    return -at.timestamp() if at else inf, one.hit.key


def _hit(one: Passage, signals: Signals | None = None, exact: float | None = None) -> Hit:
    return Hit(
        key=one.key,
        lexical=one.lexical,
        semantic=one.semantic,
        occurred_at=one.occurred_at,
        type=one.type,
        trust=one.trust,
        pinned=one.pinned,
        signals=signals,
        exact=exact,
        graph=one.graph,
    )


def _one_a_source(ranked: Sequence[Ranked], passages: Mapping[str, Passage]) -> list[Ranked]:
    best = {passages[one.hit.key].source: one for one in reversed(ranked)}
    return [one for one in ranked if best[passages[one.hit.key].source] is one]
