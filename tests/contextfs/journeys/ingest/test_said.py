"""The plain parts of foreign messages."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.journeys.ingest.said import id_of, moment_of, text_of

AT = datetime(2026, 1, 1, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "value",
    [
        1767225600,
        1767225600.0,
        "1767225600",
        1767225600000,
        1767225600000000,
        1767225600000000000,
        "2026-01-01",
        "2026-01-01T00:00:00Z",
        "2026-01-01T05:00:00+05:00",
    ],
)
def test_a_moment_is_read_in_every_spelling(value: Any) -> None:
    assert moment_of(value) == AT


@pytest.mark.parametrize(
    "value", [None, True, "", "soon", "nan", float("inf"), 1e300, "9999-12-31T23:59:59-14:00", [], {}]
)
def test_what_is_no_moment_is_none(value: Any) -> None:
    assert moment_of(value) is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("plain", "plain"),
        (None, ""),
        ([{"type": "text", "text": "a"}, "b", {"type": "image_url"}], "a\nb\n[image_url]"),
        ({"content": "c"}, "c"),
        ({"x": 1}, '{"x":1}'),
        (5, "5"),
    ],
)
def test_a_content_is_text(content: Any, expected: str) -> None:
    assert text_of(content) == expected


@given(JSON)
def test_whatever_is_sent_is_read_without_a_fault(value: Any) -> None:
    assert isinstance(text_of(value), str)
    assert moment_of(value) is None or moment_of(value).tzinfo == UTC  # pyright: ignore[reportOptionalMemberAccess]
    assert id_of(value) is None or len(id_of(value) or "") <= 300
