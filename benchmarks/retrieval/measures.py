"""What is measured: recall, nDCG and MRR of the evidence, its share within a token budget, and how sure that is."""

import random
import statistics
from collections.abc import Mapping, Sequence
from functools import cache
from math import log2

import msgspec

from contextfs.domain.context.tokens import estimate
from contextfs.domain.search.tokens import terms

DEPTHS = (3, 5, 10, 20)
BUDGETS = (250, 500, 1000, 2000)
PACKS = (1000, 2000)
_RESAMPLES = 2000
_estimated = cache(estimate)


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """What one question's ranking is worth; every value but the time lies in 0..1."""

    dataset: str
    conversation: str
    qid: str
    category: str
    recall: dict[int, float]
    ndcg: float
    mrr: float
    session_recall: dict[int, float]
    held: dict[int, float]
    """Share of the evidence among the first whole turns that fit a budget of tokens, as `estimate` counts them."""
    packed: dict[int, float] = {}
    """Share of the evidence of which a part stands in the system's own pack of that many tokens."""
    answered: dict[int, float] = {}
    """Share of the answer's words, as far as the evidence holds them, that stand in that pack."""
    milliseconds: float
    """Of the search, without what it took to embed the question."""


def score_of(
    found: Sequence[str],
    evidence: Sequence[str],
    *,
    sessions: dict[str, str],
    tokens: dict[str, int],
) -> dict[str, object]:
    """Measure one ranking of turn ids against the ids of the evidence."""
    wanted = set(evidence)
    wanted_sessions = {sessions[one] for one in wanted if one in sessions}
    ranked_sessions = list(dict.fromkeys(sessions[one] for one in found))
    return {
        "recall": {k: _recall(found[:k], wanted) for k in DEPTHS},
        "ndcg": _ndcg(found[:10], wanted),
        "mrr": next((1 / rank for rank, one in enumerate(found, start=1) if one in wanted), 0.0),
        "session_recall": {k: _recall(ranked_sessions[:k], wanted_sessions) for k in DEPTHS},
        "held": {budget: _recall(_within(found, tokens, budget), wanted) for budget in BUDGETS},
    }


def pack_of(found: Sequence[str], text: str, evidence: Mapping[str, str], answer: str) -> tuple[float, float]:
    """Measure a pack: the share of the evidence (texts by turn id) that is in it, and of the answer's words."""
    held = _recall(found, set(evidence))
    wanted = set(terms(answer)).intersection(word for said in evidence.values() for word in terms(said))
    return held, len(wanted.intersection(terms(text))) / len(wanted) if wanted else held


def tokens_of(texts: dict[str, str]) -> dict[str, int]:
    """Count the tokens of each turn; each text is counted once, whatever systems are measured."""
    return {key: _estimated(text) for key, text in texts.items()}


def interval(values: Sequence[float], *, seed: int = 7) -> tuple[float, float]:
    """Give the 95 % bootstrap interval of the mean (percentiles of 2,000 resamples; the seed is fixed)."""
    if len(values) < 2:
        return (values[0], values[0]) if values else (0.0, 0.0)
    rng = random.Random(seed)  # noqa: S311 - statistics
    means = sorted(statistics.fmean(rng.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    return means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES) - 1]


def difference(ours: Sequence[Score], theirs: Sequence[Score], *, seed: int = 7) -> tuple[float, float, float]:
    """Give the mean difference of recall@10 over the questions that both were asked, and its 95 % bootstrap interval.

    Whole conversations are drawn anew (the seed is fixed), for questions about one conversation are not independent.
    """
    by_question = {(one.dataset, one.conversation, one.qid): one.recall[10] for one in theirs}
    gained: dict[tuple[str, str], list[float]] = {}
    for one in ours:
        other = by_question.get((one.dataset, one.conversation, one.qid))
        if other is not None:
            gained.setdefault((one.dataset, one.conversation), []).append(one.recall[10] - other)
    groups = list(gained.values())
    if not groups:
        return 0.0, 0.0, 0.0
    rng = random.Random(seed)  # noqa: S311 - statistics
    means = sorted(
        statistics.fmean(value for group in rng.choices(groups, k=len(groups)) for value in group)
        for _ in range(_RESAMPLES)
    )
    mean = statistics.fmean(value for group in groups for value in group)
    return mean, means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES) - 1]


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _recall(found: Sequence[str], wanted: set[str]) -> float:
    return len(wanted.intersection(found)) / len(wanted) if wanted else 0.0


def _ndcg(found: Sequence[str], wanted: set[str]) -> float:
    gained = sum(1 / log2(rank + 1) for rank, one in enumerate(found, start=1) if one in wanted)
    ideal = sum(1 / log2(rank + 1) for rank in range(1, min(len(wanted), 10) + 1))
    return gained / ideal if ideal else 0.0


def _within(found: Sequence[str], tokens: dict[str, int], budget: int) -> list[str]:
    kept: list[str] = []
    left = budget
    for one in found:
        if tokens[one] <= left:
            kept.append(one)
            left -= tokens[one]
    return kept
