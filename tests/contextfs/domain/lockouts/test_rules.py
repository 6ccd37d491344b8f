"""Wrong tries slow down, then lock, and never for longer than a quarter of an hour."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.lockouts.rules import FREE, LOCKED, pause


def test_the_first_ones_cost_nothing_then_each_waits_twice_as_long() -> None:
    waits = [int(pause(tries).total_seconds()) for tries in range(1, 12)]

    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 900, 900]


@given(st.integers(0, 10**9))
def test_more_tries_wait_no_less_and_nobody_waits_for_ever(tries: int) -> None:
    assert pause(tries) <= pause(tries + 1) <= timedelta(minutes=15)
    assert (pause(tries) == timedelta(0)) == (tries < FREE)
    assert (pause(tries) == timedelta(minutes=15)) == (tries >= LOCKED)
