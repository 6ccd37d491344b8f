"""Times are read as people write them, and mean the same for every command."""

from datetime import UTC, datetime, timedelta

import pytest

from clients.cli import options

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


@pytest.mark.parametrize(("text", "day"), [("today", 29), ("Yesterday", 28), ("last week", 22)])
def test_a_day_is_meant_from_its_beginning_here(text: str, day: int) -> None:
    here = NOW.astimezone().replace(day=day, hour=0)

    assert here == options.since(text, NOW)
    assert here == options.as_of(text, NOW)
