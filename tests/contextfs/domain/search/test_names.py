"""Names in a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.names import without_names


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("What did Ana decide?", "What did decide?"),
        ("Where is Ana\u2019s key, Ana?", "Where is key,?"),
        ("Did Ana Lopez call Bo?", "Did call?"),
        ("the analysis of Anatomy", "the analysis of Anatomy"),
        ("will ana come", "will ana come"),
        ("Ana?", "Ana?"),
    ],
)
def test_names_are_left_out_as_they_are_spelled(query: str, expected: str) -> None:
    assert expected == without_names(query, ["Ana Lopez", "Bo"])


@given(st.text(), st.lists(st.text(max_size=5), max_size=4))
def test_a_query_is_never_emptied(query: str, names: list[str]) -> None:
    assert bool(query.strip()) == bool(without_names(query, names).strip())


@given(st.text())
def test_without_names_nothing_changes(query: str) -> None:
    assert query == without_names(query, [])
