"""Ids sort by time, or follow from a name."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contextfs.kit.ids import named, placed, uuid7s

AT = datetime(2030, 1, 31, 8, tzinfo=UTC)
WITHIN = UUID(int=7)

moments = st.integers(1, 250_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(moments, st.integers(1, 50), st.binary(min_size=10, max_size=10))
def test_ids_of_one_moment_sort_in_the_order_in_which_they_came(at: datetime, count: int, chance: bytes) -> None:
    made = list(uuid7s(at, lambda _: chance, count))

    assert made == sorted(made)
    assert {one.version for one in made} == {7}
    assert len(set(made)) == count


@given(moments, st.lists(st.text(max_size=8), min_size=2, max_size=20, unique=True))
def test_placed_ids_sort_by_their_place_and_are_always_the_same(at: datetime, names: list[str]) -> None:
    made = [placed(WITHIN, at, place, name) for place, name in enumerate(names)]

    assert made == sorted(made) == [placed(WITHIN, at, place, name) for place, name in enumerate(names)]
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}


def test_a_later_moment_sorts_after_any_place_of_an_earlier_one() -> None:
    assert placed(WITHIN, AT, 1_000_000, "a") < placed(WITHIN, AT + timedelta(milliseconds=1), 0, "a")


def test_placed_ids_differ_by_where_they_are_and_what_they_name() -> None:
    made = {placed(within, AT, 0, name) for within in (WITHIN, UUID(int=8)) for name in ("a", "b")}

    assert len(made) == 4


@given(st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=5), min_size=1, max_size=3))
def test_the_same_words_name_the_same_thing(words: list[str]) -> None:
    assert named(WITHIN, *words) == named(WITHIN, *words) != named(WITHIN, *words, "more")
    assert named(WITHIN, *words).version == 5
