"""JSON holds JSON as PostgreSQL says."""

from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from contextfs.domain.memories.contains import contains

SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([1.0, -0.0, 0.1, 1e30, 10**18, "", "a", "1"])
VALUES = st.recursive(
    SCALARS, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from("abc"), one, max_size=3)
)
OBJECTS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


@pytest.mark.parametrize(
    ("whole", "part", "held"),
    [
        ({"a": 1}, {}, True),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": None}, {"b": None}, False),
        ({"a": [1, 2]}, {"a": [2, 2]}, True),
        ({"a": [1]}, {"a": 1}, False),
        ({"a": [[1, 2], {"b": 3, "c": 4}]}, {"a": [{"c": 4}, [2]]}, True),
        ({"a": {}}, {"a": []}, False),
    ],
)
def test_what_is_held(whole: Any, part: Any, *, held: bool) -> None:
    assert held == contains(whole, part)


@pytest.fixture(scope="module")
def postgres(new_database: Any) -> Any:
    """Give a connection to a database."""
    with psycopg.connect(new_database(), autocommit=True) as connection:
        yield connection


@settings(max_examples=50, deadline=None)
@given(pairs=st.lists(st.tuples(OBJECTS, OBJECTS | VALUES.map(lambda one: {"a": one})), min_size=1, max_size=8))
def test_it_is_what_postgres_says(postgres: Any, pairs: list[tuple[Any, Any]]) -> None:
    pairs = [*pairs, *((whole, whole) for whole, _ in pairs)]
    rows = postgres.execute(
        "select whole @> part from unnest(%s::jsonb [], %s::jsonb []) with ordinality as u (whole, part, n) order by n",
        [[Jsonb(whole) for whole, _ in pairs], [Jsonb(part) for _, part in pairs]],
    ).fetchall()

    assert [held for (held,) in rows] == [contains(whole, part) for whole, part in pairs]
