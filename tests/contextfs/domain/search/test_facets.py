"""Facets count what was found: all of it, in any order."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.facets import MOST, Facet, facets, traits

WORDS = st.sampled_from(["a", "b", "c"])
THINGS = st.builds(
    traits,
    source=st.sampled_from(["memory", "message"]),
    type=WORDS,
    tags=st.lists(WORDS),
    tool=st.none() | WORDS,
    branch=st.none() | WORDS,
    project=WORDS,
    author=st.none() | WORDS,
    visibility=st.none() | WORDS,
    sensitivity=st.none() | WORDS,
    occurred_at=st.datetimes(timezones=st.just(UTC)),
)


def counts(told: dict[str, list[Facet]], name: str) -> dict[str, int]:
    return {one.value: one.count for one in told.get(name, [])}


@given(st.lists(THINGS), st.randoms())
def test_each_thing_counts_once_for_each_value_it_has(things: list[Any], random: Any) -> None:
    told = facets(things)
    shuffled = list(things)
    random.shuffle(shuffled)

    assert told == facets(shuffled)
    for name in ("type", "tag", "tool", "visibility", "sensitivity"):
        assert Counter(value for one in things for value in one.get(name, [])) == counts(told, name)
    assert all(
        [one.count for one in values] == sorted((one.count for one in values), reverse=True) for values in told.values()
    )


def test_the_most_frequent_are_told() -> None:
    at = datetime(2026, 5, 31, 23, tzinfo=UTC)
    common: Any = {"source": "memory", "type": "fact", "project": "p"}
    common |= dict.fromkeys(("tool", "branch", "author", "visibility", "sensitivity"))
    things = [traits(**common, tags=[f"t{number:02}", "all", "all"], occurred_at=at) for number in range(MOST + 5)]

    told = facets(things)

    assert [Facet(value="all", count=MOST + 5), Facet(value="t00", count=1)] == told["tag"][:2]
    assert (MOST, ["2026-05"], {"source", "type", "project", "tag", "month"}) == (
        len(told["tag"]),
        [one.value for one in told["month"]],
        set(told),
    )
