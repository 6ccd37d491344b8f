"""How far back a model wants to look."""

from datetime import UTC, datetime

import pytest

from contextfs.adapters.mcp.since import since
from contextfs.kit.errors import Invalid

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("12h", datetime(2026, 11, 28, 0, tzinfo=UTC)),
        ("2w", datetime(2026, 11, 14, 12, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T09:30+01:00", datetime(2026, 11, 1, 8, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_read(text: str | None, expected: datetime | None) -> None:
    assert since(text, NOW) == expected


@pytest.mark.parametrize("text", ["yesterday", "", "999999w", "2026-13-01"])
def test_what_is_no_time_is_told(text: str) -> None:
    with pytest.raises(Invalid, match="write 2026-11-01"):
        since(text, NOW)
