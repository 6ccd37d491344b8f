"""A bucket gives what it holds, and no more in any time."""

from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.limits.rules import block, take
from contextfs.kit.allowance import Quota

QUOTA = Quota("principal", 10, 60)
asking = st.tuples(st.floats(0, 30), st.integers(1, 10), st.integers(0, 10))


def test_a_full_bucket_gives_all_and_then_nothing() -> None:
    until, first = take(0.0, 1000.0, QUOTA, 10, 10)
    _, second = take(until, 1000.0, QUOTA, 1, 1)

    assert (first.units, first.left, second.units, second.wait) == (10, 0, 0, 6.0)


def test_who_asks_for_more_than_there_is_gets_what_there_is() -> None:
    until, _ = take(0.0, 1000.0, QUOTA, 4, 4)

    assert take(until, 1000.0, QUOTA, 1, 9)[1].units == 6
    assert take(until, 1000.0, QUOTA, 7, 9)[1].units == 0


@given(st.lists(asking, max_size=60))
def test_in_no_time_is_more_given_than_it_holds_and_what_flows_back(calls: list[tuple[float, int, int]]) -> None:
    now, until = 1000.0, 0.0
    given_at: list[tuple[float, int]] = []
    for pause, least, more in calls:
        now += pause
        until, granted = take(until, now, QUOTA, least, least + more)
        given_at.append((now, granted.units))

    for first in range(len(given_at)):
        for last in range(first, len(given_at)):
            span = given_at[last][0] - given_at[first][0]
            assert sum(units for _, units in given_at[first : last + 1]) <= 10 * (1 + span / 60) + 0.01


@given(st.lists(asking, max_size=30))
def test_who_waits_as_long_as_told_gets_what_they_asked_for(calls: list[tuple[float, int, int]]) -> None:
    now, until = 1000.0, 0.0
    for pause, least, more in calls:
        now += pause
        until, granted = take(until, now, QUOTA, least, least + more)
        if not granted.units:
            now += granted.wait
            until, granted = take(until, now, QUOTA, least, least)

        assert granted.units >= least


@given(st.integers(1, 1000), st.floats(0, 1000), st.integers(1, 100_000))
def test_a_block_is_never_more_than_a_twentieth(before: int, since: float, units: int) -> None:
    largest = max(1, units // 20)

    assert 1 <= block(min(before, largest), since, Quota("organization", units)) <= largest
