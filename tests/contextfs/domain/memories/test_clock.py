"""The hybrid logical clock: later than all it saw, never dragged into the future, and text that sorts."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.memories.clock import DRIFT, Clock, capped, receive, tick, time_of, time_text
from contextfs.kit.errors import BadInput, Invalid

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)
MILLI = timedelta(milliseconds=1)
NOON_MILLIS = 1_896_091_200_000

clocks = st.builds(Clock, millis=st.integers(-(10**13), 2 * 10**14), count=st.integers(0, 0xFFFF))
times = st.datetimes(timezones=st.just(UTC), min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30))  # noqa: DTZ001 - hypothesis adds the zone


def test_text_is_a_time_and_a_count() -> None:
    text = str(Clock(millis=NOON_MILLIS + 250, count=31))

    assert text == "2030-01-31T12:00:00.250Z-001f"


@given(clocks)
def test_text_reads_back(clock: Clock) -> None:
    assert Clock.parse(str(clock)) == clock


@given(clocks, clocks)
def test_texts_sort_as_clocks_do(left: Clock, right: Clock) -> None:
    assert (str(left) < str(right)) == (left < right)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2030-01-31T12:00:00.250Z",
        "2030-01-31T12:00:00.250Z-1",
        "2030-01-31T12:00:00.250Z-001F",
        "2030-01-31T12:00:00.250Z--02c",
        "2030-W05-4T12:00:00.250Z-0000",
        "2030-01-31 12:00:00.250Z-0000",
        "2030-02-30T12:00:00.250Z-0000",
        "2030-01-31T24:00:00.000Z-0000",
        "2030-01-31T25:00:00.250Z-0000",
        "2030-01-31T12:00:00.250Z-0000\n",
        "٢٠٣٠-01-31T12:00:00.250Z-0000",
        "zzzz",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not a clock"):
        Clock.parse(text)


def test_first_tick_is_now() -> None:
    assert tick(None, NOON) == Clock(millis=NOON_MILLIS)


def test_two_ticks_in_a_millisecond_count() -> None:
    assert tick(tick(None, NOON), NOON) == Clock(millis=NOON_MILLIS, count=1)


def test_a_later_millisecond_starts_a_new_count() -> None:
    assert tick(Clock(millis=NOON_MILLIS, count=9), NOON + MILLI) == Clock(millis=NOON_MILLIS + 1)


def test_a_clock_set_back_goes_on_from_the_last_stamp() -> None:
    last = tick(None, NOON)

    assert tick(last, NOON - timedelta(minutes=4)) == Clock(millis=NOON_MILLIS, count=1)


def test_a_full_count_carries_into_the_time() -> None:
    assert tick(Clock(millis=NOON_MILLIS, count=0xFFFF), NOON) == Clock(millis=NOON_MILLIS + 1)


def test_a_stamp_from_years_ahead_is_not_followed() -> None:
    ahead = tick(None, NOON + timedelta(days=4000))

    assert tick(ahead, NOON) == Clock(millis=NOON_MILLIS + DRIFT // MILLI, count=1)


def test_a_stamp_within_the_drift_is_kept_as_it_is() -> None:
    ahead = tick(None, NOON + DRIFT)

    assert capped(ahead, NOON) == ahead


@given(clocks, times)
def test_a_tick_is_later_than_what_was_seen_and_believed(last: Clock, now: datetime) -> None:
    assert tick(last, now) > capped(last, now)


@given(st.lists(times, min_size=2))
def test_ticks_stay_within_the_drift_of_now(walls: list[datetime]) -> None:
    last = None
    for now in walls:
        last = tick(last, now)

        assert tick(None, now) <= last <= tick(None, now + DRIFT + MILLI)


@given(clocks, clocks, times)
def test_what_was_received_is_earlier_than_the_next_tick(last: Clock, seen: Clock, now: datetime) -> None:
    following = tick(receive(last, seen, now), now)

    assert following > max(capped(last, now), capped(seen, now))


@given(times, *[st.integers(-(10**5), 10**5)] * 2)
def test_who_hears_of_a_later_stamp_goes_on_from_there(now: datetime, here: int, there: int) -> None:
    wall = tick(None, now).millis
    last, seen = (Clock(millis=wall + millis) for millis in (here, there))

    assert receive(last, seen, now) > max(last, seen)


def test_the_first_stamp_received_is_passed() -> None:
    assert receive(None, Clock(millis=NOON_MILLIS), NOON) == Clock(millis=NOON_MILLIS, count=1)


def test_the_end_of_time_can_be_written() -> None:
    last = tick(None, datetime.max.replace(tzinfo=UTC))

    assert str(tick(capped(last, datetime.max.replace(tzinfo=UTC)), datetime.max.replace(tzinfo=UTC))).startswith(
        "9999"
    )


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(Invalid, match="no time zone"):
        tick(None, NOON.replace(tzinfo=None))


def test_zones_do_not_matter() -> None:
    assert tick(None, NOON.astimezone(timezone(timedelta(hours=9)))) == tick(None, NOON)


def test_the_time_of_a_clock_compares_with_times() -> None:
    assert time_of(str(Clock(millis=NOON_MILLIS, count=7))) == time_text(NOON + MILLI / 2)
