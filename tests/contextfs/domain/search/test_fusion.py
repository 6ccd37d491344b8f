"""One calibrated score from two legs."""

import random
from datetime import UTC, datetime, timedelta
from math import inf, nan

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.bm25 import saturated
from contextfs.domain.search.fusion import DEFAULT, Hit, Weights, fuse
from contextfs.domain.search.signals import Signals

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SCORE = st.none() | st.floats(0, 60)
COSINE = st.none() | st.floats(-1, 1)
HIT = st.builds(
    Hit,
    key=st.text("abcdef", min_size=1, max_size=4),
    lexical=SCORE,
    semantic=COSINE,
    occurred_at=st.none() | st.integers(-30, 4000).map(lambda days: NOW - timedelta(days=days)),
    type=st.sampled_from(["fact", "episodic", "decision"]),
    trust=st.floats(0, 1),
    pinned=st.booleans(),
)
HITS = st.lists(HIT, max_size=8, unique_by=lambda hit: hit.key)


def keys(hits: list[Hit], weights: Weights = DEFAULT) -> list[str]:
    return [one.hit.key for one in fuse(hits, now=NOW, weights=weights)]


def score(hit: Hit) -> float:
    return fuse([hit], now=NOW)[0].score


@given(HITS)
def test_scores_lie_in_the_unit_and_descend(hits: list[Hit]) -> None:
    ranked = fuse(hits, now=NOW)

    assert all(0 <= one.score <= 1 and 0 <= one.relevance <= 1 for one in ranked)
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)
    assert sorted(hit.key for hit in hits) == sorted(one.hit.key for one in ranked)


@given(HITS, st.randoms(use_true_random=False))
def test_the_order_of_hits_is_irrelevant(hits: list[Hit], rng: random.Random) -> None:
    assert fuse(hits, now=NOW) == fuse(rng.sample(hits, len(hits)), now=NOW)


@given(HIT, HITS)
def test_a_score_does_not_depend_on_the_other_hits(hit: Hit, others: list[Hit]) -> None:
    ranked = fuse([hit, *(other for other in others if other.key != hit.key)], now=NOW)

    assert score(hit) == next(one.score for one in ranked if one.hit.key == hit.key)


@given(HIT, st.floats(0, 20), st.floats(0, 1))
def test_a_better_leg_never_lowers_the_score(hit: Hit, lexical: float, semantic: float) -> None:
    better = msgspec.structs.replace(
        hit,
        lexical=None if hit.lexical is None else hit.lexical + lexical,
        semantic=None if hit.semantic is None else hit.semantic + semantic,
    )

    assert score(better) >= score(hit)


@given(st.floats(0, 0.3), st.floats(0, 3), st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 1.0]))
def test_place_never_brings_what_was_said_above_what_speaks_of_the_question(
    semantic: float, lexical: float, own: float, opens: float
) -> None:
    said = Hit(
        key="said",
        semantic=semantic,
        lexical=lexical,
        signals=Signals(kind="assistance", own=own, opens=opens),
    )
    weights = DEFAULT.said["assistance"]
    spoken = (semantic * weights["semantic"] + saturated(lexical, DEFAULT.lexical_half) * weights["lexical"]) / (
        weights["semantic"] + weights["lexical"]
    )

    (one,) = fuse([said], now=NOW)

    assert one.relevance <= spoken + 1e-12


def wish(key: str, semantic: float, *, wished: float | None = 1.0) -> Hit:
    return Hit(key=key, semantic=semantic, lexical=0.0, signals=Signals(kind="assistance", stated=1.0, wished=wished))


def test_what_a_person_always_wants_goes_before_what_comes_somewhat_closer() -> None:
    ranked = fuse([wish("close", 0.6, wished=0.0), wish("wish", 0.4)], now=NOW)

    assert ["wish", "close"] == [one.hit.key for one in ranked]
    assert [1.0, 0.0] == [one.explanation.terms["wished"] for one in ranked]


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_wish_is_never_less_relevant_for_being_one_and_wishes_keep_their_order(one: float, other: float) -> None:
    plain, wished, more = (
        fuse([hit], now=NOW)[0].relevance
        for hit in (wish("a", one, wished=None), wish("a", one), wish("a", max(one, other)))
    )

    assert plain <= wished <= more <= 1
    assert bool(plain) is bool(wished)


def test_what_holds_the_quoted_words_goes_before_what_only_comes_close() -> None:
    close = Hit(key="close", semantic=0.6, lexical=20.0, exact=0.0)
    exact = Hit(key="exact", semantic=0.4, lexical=20.0, exact=1.0)

    assert ["exact", "close"] == [one.hit.key for one in fuse([close, exact], now=NOW)]


@given(HITS)
def test_the_order_never_contradicts_the_relevance_that_is_shown(hits: list[Hit]) -> None:
    shown = [round(one.relevance, 2) for one in fuse(hits, now=NOW)]

    assert shown == sorted(shown, reverse=True)


def test_equal_scores_go_newest_first_then_by_key() -> None:
    plain = Weights(freshness=0.0)
    hits = [
        Hit(key=key, lexical=3.0, occurred_at=NOW - timedelta(days=days))
        for key, days in [("c", 9), ("b", 9), ("a", 99)]
    ]

    assert ["b", "c", "a"] == keys(hits, plain)


def test_both_legs_are_mixed_by_their_weights() -> None:
    ranked = fuse([Hit(key="a", lexical=DEFAULT.lexical_half, semantic=0.6)], now=NOW)

    assert ranked[0].relevance == pytest.approx(DEFAULT.lexical * 0.5 + DEFAULT.semantic * 0.6)


@pytest.mark.parametrize(
    ("hit", "relevance"),
    [
        (Hit(key="a", lexical=DEFAULT.lexical_half), 0.5),
        (Hit(key="a", semantic=0.6), 0.6),
        (Hit(key="a", lexical=DEFAULT.lexical_half, semantic=nan), 0.5),
        (Hit(key="a", lexical=nan, semantic=0.6), 0.6),
        (Hit(key="a"), 0.0),
        (Hit(key="a", lexical=inf), 1.0),
        (Hit(key="a", lexical=-3.0), 0.0),
        (Hit(key="a", semantic=-0.5), 0.0),
    ],
)
def test_one_leg_stands_alone_on_the_same_scale(hit: Hit, relevance: float) -> None:
    assert relevance == fuse([hit], now=NOW)[0].relevance


def test_an_old_fact_that_answers_beats_a_new_one_that_does_not() -> None:
    old = Hit(key="old", semantic=0.5, occurred_at=NOW - timedelta(days=3650), trust=0.0)
    new = Hit(key="new", semantic=0.4, occurred_at=NOW, trust=1.0, pinned=True)

    assert ["old", "new"] == keys([new, old])


@pytest.mark.parametrize(
    "better",
    [
        {"occurred_at": NOW},
        {"trust": 1.0},
        {"pinned": True},
    ],
)
def test_what_is_fresh_trusted_or_pinned_breaks_a_tie(better: dict[str, object]) -> None:
    plain = Hit(key="a", semantic=0.5, trust=0.5, occurred_at=NOW - timedelta(days=300))

    assert ["b", "a"] == keys([plain, msgspec.structs.replace(plain, key="b", **better)])


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0.1, 100))
def test_saturation_is_monotone(one: float, other: float, half: float) -> None:
    assert (saturated(one, half) <= saturated(other, half)) or one > other


def test_a_score_is_explained() -> None:
    hits = [
        Hit(key="a", lexical=9.0, semantic=0.2),
        Hit(key="b", lexical=9.0, semantic=0.8),
        Hit(key="c", semantic=0.5),
    ]

    ranks = {one.hit.key: (one.explanation.lexical_rank, one.explanation.semantic_rank) for one in fuse(hits, now=NOW)}

    assert {"a": (1, 3), "b": (1, 1), "c": (None, 2)} == ranks


@given(HIT)
def test_an_explanation_adds_up_to_the_score(hit: Hit) -> None:
    why = fuse([hit], now=NOW)[0].explanation
    shown = round(why.relevance, 2)
    fine = min(1.0, max(0.0, (why.relevance - shown) * 100 + 0.5))
    extras = DEFAULT.freshness * why.freshness + DEFAULT.trust * why.trust + DEFAULT.pinned * why.pinned
    rest = 1 - DEFAULT.fine - DEFAULT.freshness - DEFAULT.trust - DEFAULT.pinned

    assert score(hit) == pytest.approx(rest * shown + DEFAULT.fine * fine + extras)
