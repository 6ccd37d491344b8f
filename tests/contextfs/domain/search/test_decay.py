"""Decay: one table of half-lives, in the code as in the guide, that decides among equals and never forgets."""

import re
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.context.model import PackCandidate
from contextfs.domain.context.pack import STALENESS, worth
from contextfs.domain.search.decay import HALF_LIFE, HALF_LIVES, freshness, half_life
from contextfs.domain.search.fusion import Hit, fuse

NOW = datetime(2026, 3, 1, tzinfo=UTC)
GUIDE = Path(__file__).parents[4] / "docs/guides/search.md"
TYPES = st.sampled_from([*HALF_LIVES, "a_word_of_yours"])
AGES = st.timedeltas(timedelta(0), NOW - datetime.min.replace(tzinfo=UTC))


def test_the_guide_has_the_same_table() -> None:
    rows = re.findall(r"^\| `(\w+)`(?:, .*?)? \| (\d+ days|never) \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {kind: inf if days == "never" else float(days.removesuffix(" days")) for kind, days in rows}

    assert {**HALF_LIVES} == told
    assert f"Of any other type {HALF_LIFE:.0f} days" in GUIDE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("days", "half_life", "expected"),
    [(0, 30, 1.0), (30, 30, 0.5), (60, 30, 0.25), (-5, 30, 1.0), (10_000, inf, 1.0), (180, 180, 0.5)],
)
def test_freshness_halves(days: int, half_life: float, expected: float) -> None:
    assert freshness(NOW - timedelta(days=days), now=NOW, half_life=half_life) == pytest.approx(expected)


def test_without_a_date_nothing_is_fresh() -> None:
    assert freshness(None, now=NOW, half_life=30) == 0.0


@given(TYPES, AGES, st.floats(0, 1))
def test_age_changes_no_relevance_and_less_than_a_hundredth_of_the_score(
    kind: str, age: timedelta, cosine: float
) -> None:
    [old], [new] = (
        fuse([Hit(key="a", semantic=cosine, type=kind, occurred_at=at)], now=NOW) for at in (NOW - age, NOW)
    )

    assert new.relevance == old.relevance
    assert 0 <= new.score - old.score < 0.01


@given(TYPES, AGES, TYPES, AGES, st.integers(0, 99))
def test_what_is_more_relevant_goes_first_however_old(
    kind: str, age: timedelta, other: str, other_age: timedelta, hundredth: int
) -> None:
    better = Hit(key="z", semantic=(hundredth + 1) / 100, type=kind, occurred_at=NOW - age)
    worse = Hit(key="a", semantic=hundredth / 100, type=other, occurred_at=NOW - other_age)

    assert ["z", "a"] == [one.hit.key for one in fuse([worse, better], now=NOW)]


@given(TYPES, AGES, st.floats(0, 1))
def test_a_pack_takes_a_tenth_for_age_at_the_most(kind: str, age: timedelta, relevance: float) -> None:
    fresh = freshness(NOW - age, now=NOW, half_life=half_life(kind))
    old, new = (PackCandidate(id="a", type=kind, text="", relevance=relevance, freshness=one) for one in (fresh, 1.0))

    assert STALENESS * worth(new) <= worth(old) <= worth(new)


def test_an_explanation_names_the_half_life() -> None:
    found = fuse([Hit(key=kind, semantic=0.5, type=kind, occurred_at=NOW) for kind in ("episodic", "user")], now=NOW)

    assert {"episodic": 30.0, "user": None} == {one.hit.key: one.explanation.half_life for one in found}
