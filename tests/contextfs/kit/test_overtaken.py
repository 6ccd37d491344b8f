"""What holds no longer: one rule, by which every list, search and pack leaves it out."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.kit.overtaken import Overtaken, ends_at, overtaken, since

NOW = datetime(2026, 5, 1, tzinfo=UTC)
OTHER = UUID("01a22101-f749-77be-935f-3b89a72b85e0")
SUPERSEDED = {"retired": {"as": "contradiction", "for": str(OTHER)}}
moments = st.datetimes(timezones=st.just(UTC))
ends = st.none() | moments


def told(**more: Any) -> Overtaken | None:
    given: dict[str, Any] = {"valid_to": None, "expires_at": None, "metadata": {}, "at": NOW}
    return overtaken(**given | more)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"valid_to": NOW, "metadata": SUPERSEDED}, "superseded on 2026-05-01 by 3b89a72b85e0"),
        ({"valid_to": NOW - timedelta(days=1)}, "ended on 2026-04-30"),
        ({"valid_to": NOW, "metadata": {"retired": "long ago"}}, "ended on 2026-05-01"),
        ({"valid_to": NOW, "metadata": {"retired": {"for": "somebody"}}}, "ended on 2026-05-01"),
        ({"expires_at": NOW}, "expired on 2026-05-01"),
        ({"valid_to": NOW + timedelta(seconds=1), "metadata": SUPERSEDED}, ""),
        ({"expires_at": NOW + timedelta(seconds=1)}, ""),
        ({}, ""),
    ],
)
def test_it_says_why_and_what_holds_instead(more: dict[str, Any], said: str) -> None:
    assert said == str(told(**more) or "")


@given(ends, ends, moments)
def test_what_is_overtaken_is_what_has_ended(
    valid_to: datetime | None, expires_at: datetime | None, at: datetime
) -> None:
    end = ends_at(valid_to=valid_to, expires_at=expires_at)

    assert (told(valid_to=valid_to, expires_at=expires_at, at=at) is not None) == (end is not None and end <= at)


@given(moments, moments)
def test_nothing_is_left_out_where_the_superseded_is_asked_for(end: datetime, at: datetime) -> None:
    assert end > since(at, superseded=True) or end == datetime.min.replace(tzinfo=UTC)
    assert at == since(at, superseded=False)
