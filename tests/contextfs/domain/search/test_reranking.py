"""What a model said takes the place of the relevance, and nothing else changes."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.fusion import Hit, fuse
from contextfs.domain.search.reranking import reranked

NOW = datetime(2026, 6, 1, tzinfo=UTC)
UNIT = st.floats(0, 1)
HITS = st.lists(
    st.builds(
        Hit,
        key=st.uuids().map(str),
        lexical=st.none() | st.floats(0, 100),
        semantic=st.none() | UNIT,
        trust=UNIT,
        pinned=st.booleans(),
        occurred_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    ),
    unique_by=lambda hit: hit.key,
)


@given(HITS, st.data(), st.randoms())
def test_nobody_is_lost_and_the_order_is_that_of_what_was_said(hits: list[Hit], data: Any, random: Any) -> None:
    first = fuse(hits, now=NOW)
    told = {one.hit.key: data.draw(UNIT) for one in first if data.draw(st.booleans())}
    shuffled = list(first)
    random.shuffle(shuffled)

    found = reranked(first, told)

    assert found == reranked(shuffled, told)
    assert {hit.key for hit in hits} == {one.hit.key for one in found}
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    steps = [round(one.relevance, 2) for one in found]
    assert steps == sorted(steps, reverse=True)
    before = {one.hit.key: one.relevance for one in first}
    assert {one.hit.key: one.relevance for one in found} == before | told
    assert {one.hit.key: one.explanation.reranked for one in found} == {key: told.get(key) for key in before}


@given(HITS)
def test_where_nothing_was_said_nothing_changes(hits: list[Hit]) -> None:
    first = fuse(hits, now=NOW)

    assert first == reranked(first, {})


def test_what_is_equal_stands_as_trust_and_freshness_say() -> None:
    old, new = (
        Hit(key=key, semantic=0.5, lexical=0.0, type="fact", occurred_at=datetime(year, 1, 1, tzinfo=UTC))
        for key, year in (("old", 2020), ("new", 2026))
    )

    assert ["new", "old"] == [one.hit.key for one in reranked(fuse([old, new], now=NOW), {"old": 0.7, "new": 0.7})]
