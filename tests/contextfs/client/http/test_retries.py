"""When a call is tried again."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from contextfs.client.http.retries import Retries, asked_pause

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_pauses_double_and_lose_up_to_a_half_by_chance() -> None:
    retries = Retries(attempts=4, first_pause=0.2)

    assert [0.2, 0.4, 0.8, None] == [retries.pause(tried, None, 0.0) for tried in (1, 2, 3, 4)]
    assert retries.pause(1, None, 1.0) == 0.1


@given(
    tried=st.integers(1, 60),
    asked=st.none() | st.floats(0, 60),
    chance=st.floats(0, 1),
)
def test_a_pause_is_never_shorter_than_asked_and_never_longer_than_both_bounds(
    tried: int, asked: float | None, chance: float
) -> None:
    pause = Retries(attempts=100, longest_pause=8.0).pause(tried, asked, chance)

    assert pause is not None
    assert (asked or 0.0) <= pause <= max(8.0, asked or 0.0)


def test_a_wish_beyond_patience_ends_the_trying() -> None:
    assert Retries(patience=60.0).pause(1, 61.0, 0.5) is None


def test_retry_after_is_seconds_or_a_date() -> None:
    assert asked_pause("7", NOW) == 7.0
    assert asked_pause("Sun, 22 Nov 2026 12:00:30 GMT", NOW) == 30.0
    assert asked_pause("Sun, 22 Nov 2026 11:00:00 GMT", NOW) == 0.0


def test_what_is_no_retry_after_asks_for_nothing() -> None:
    assert asked_pause(None, NOW) is None
    assert asked_pause("soon", NOW) is None
    assert asked_pause("²", NOW) is None, "a digit, and no number"
