"""The order of what was found: signals are read, scores fused, copies folded together, one passage kept of each source.

Pure, and the same on the server and on the laptop: whoever finds passages hands them over with what the legs said.
"""

from collections.abc import Sequence
from datetime import datetime

from contextfs.domain.search.fusion import DEFAULT, Hit, Ranked, Weights, collapse, fuse
from contextfs.domain.search.question import Question
from contextfs.domain.search.signals import Passage, Signals, read
from contextfs.domain.search.tokens import fingerprint


def rank(
    passages: Sequence[Passage],
    question: Question,
    rarities: Sequence[float],
    *,
    now: datetime,
    weights: Weights = DEFAULT,
) -> list[Ranked]:
    """Bring passages into one order, best first: the best one of each source, and of those that say the same.

    `rarities` are the idf values of `question.words`, in their order. The order of `passages` is irrelevant.
    """
    signals = read(passages, question, rarities)
    ranked = fuse([_hit(one, signals.get(one.key)) for one in passages], now=now, weights=weights)
    apart = collapse(ranked, {one.key: fingerprint(one.body) for one in passages})
    return _one_a_source(apart, {one.key: one.source for one in passages})


def _hit(one: Passage, signals: Signals | None) -> Hit:
    return Hit(
        key=one.key,
        lexical=one.lexical,
        semantic=one.semantic,
        occurred_at=one.occurred_at,
        type=one.type,
        trust=one.trust,
        pinned=one.pinned,
        signals=signals,
    )


def _one_a_source(ranked: Sequence[Ranked], sources: dict[str, str]) -> list[Ranked]:
    best = {sources[one.hit.key]: one for one in reversed(ranked)}
    return [one for one in ranked if best[sources[one.hit.key]] is one]
