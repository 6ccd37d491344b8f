"""Values that are not of the shape that was hoped for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.adapters.transcripts.shapes import count, is_deep, moment, simple_yaml
from tests.growth import is_linear

NOON = datetime(2026, 1, 12, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    ["2026-01-12T12:00:00Z", "2026-01-12T12:00:00.000Z", "2026-01-12 12:00:00", "2026-01-12T13:00:00+01:00",
     1768219200, 1768219200.0, 1768219200000],
)  # fmt: skip
def test_a_moment_is_read_in_any_spelling(value: object) -> None:
    assert moment(value) == NOON


@pytest.mark.parametrize("value", ["yesterday", "", None, True, 1e300, float("nan"), [], {}])
def test_what_is_no_moment_is_none(value: object) -> None:
    assert moment(value) is None


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text())
def test_reading_a_moment_never_fails(value: object) -> None:
    assert moment(value) is None or isinstance(moment(value), datetime)


@pytest.mark.parametrize("value", [True, -1, 1.5, "7", None, [7]])
def test_what_is_no_count_is_nothing(value: object) -> None:
    assert count(value) == 0


@pytest.mark.parametrize(("depth", "expected"), [(100, False), (101, True), (5_000, True)])
def test_depth_is_measured(depth: int, expected: bool) -> None:  # noqa: FBT001 - a parametrised value
    value: object = 0
    for _ in range(depth - 1):
        value = [value]

    assert expected == is_deep(value)


def test_a_text_of_several_lines_gives_its_first_words() -> None:
    assert {"a": "x", "b": "2", "c": "y"} == simple_yaml(b"a: |\n\n  x\n  z\nb: '2'\nc: >-\n  y\nd: |\n")


def test_many_texts_of_several_lines_are_read_in_linear_time() -> None:
    assert is_linear(lambda text: simple_yaml(text.encode()), "a: |\n", 250_000)
