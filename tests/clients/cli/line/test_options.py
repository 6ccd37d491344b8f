"""Times are read as people write them, and mean the same for every command."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from clients.cli.line import options

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("12h", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
        ("4w ago", timedelta(weeks=4)),
        ("3 days ago", timedelta(days=3)),
        ("1 hour ago", timedelta(hours=1)),
        ("2  Weeks", timedelta(weeks=2)),
    ],
)
def test_how_long_ago_is_read(text: str, ago: timedelta) -> None:
    assert NOW - ago == options.since(text, NOW)


@pytest.fixture(params=["UTC", "Etc/GMT-14", "Etc/GMT+12"])
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let this machine be in another time zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("text", ["0001-01-01", "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"])
def test_a_time_that_another_zone_cannot_tell_is_refused_in_words(text: str) -> None:
    with pytest.raises(options.Misused, match=r"^--since: .* is outside of the calendar"):
        options.since(text, NOW)


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("text", ["0001-01-03", "9999-12-29", "9999-12-29T23:59-12:00"])
def test_a_time_beside_the_ends_of_the_calendar_is_read(text: str) -> None:
    read = options.since(text, NOW)

    assert read is not None
    assert read.astimezone(UTC).year in {1, 9999}


@pytest.mark.parametrize(("text", "day"), [("today", 29), ("Yesterday", 28), ("last week", 22)])
def test_a_day_is_meant_from_its_beginning_here(text: str, day: int) -> None:
    here = NOW.astimezone().replace(day=day, hour=0)

    assert here == options.since(text, NOW)
    assert here == options.as_of(text, NOW)
