"""The estimate of tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.context.tokens import estimate

ANY_TEXT = st.text(st.characters())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("one word", 2),
        ("internationalization", 4),
        ("getUserName()", 4),
        ("HTTP", 2),
        ("2026", 2),
        ("a\n\n    b", 3),
        ("東京タワー", 5),
        ("ключ", 2),
        ("🎉", 3),
    ],
)
def test_each_kind_of_run_has_its_price(text: str, expected: int) -> None:
    assert expected == estimate(text)


@given(ANY_TEXT, ANY_TEXT)
def test_more_text_is_never_fewer_tokens(one: str, other: str) -> None:
    assert estimate(one) <= estimate(one + other)


@given(ANY_TEXT, ANY_TEXT)
def test_the_whole_is_no_dearer_than_its_lines(one: str, other: str) -> None:
    assert estimate(f"{one}\n{other}") <= estimate(one + "\n") + estimate(other)
