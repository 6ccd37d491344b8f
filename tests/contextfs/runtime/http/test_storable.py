"""What the store cannot hold is refused, however it is written, and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.kit.errors import BadInput, Invalid
from contextfs.runtime.http.storable import check_json

TOO_DEEP = 100
PLAIN = (
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text('ab"\\[]{}\n\u00e9\u2028')
)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text('"\\{[', max_size=3), inner))


def nested(value: Any, levels: int, *, in_objects: bool) -> Any:
    for _ in range(levels):
        value = {'"}': value} if in_objects else [value]
    return value


def wide(value: Any) -> bytes:
    """Write a value among so many brackets that they have to be looked at."""
    return json.dumps([value, *([[]] * 2 * TOO_DEEP)]).encode()


@given(value=VALUES)
def test_texts_full_of_brackets_are_no_levels(value: Any) -> None:
    check_json(wide(value))
    check_json(wide("[{" * 2 * TOO_DEEP))


@given(value=VALUES, levels=st.integers(TOO_DEEP, 2 * TOO_DEEP), in_objects=st.booleans())
def test_what_is_nested_too_deeply_is_refused(value: Any, levels: int, in_objects: bool) -> None:  # noqa: FBT001 - drawn
    with pytest.raises(BadInput, match="nested deeper"):
        check_json(wide(nested(value, levels, in_objects=in_objects)))


@given(levels=st.integers(0, TOO_DEEP - 1), in_objects=st.booleans())
def test_what_is_nested_less_deeply_passes(levels: int, in_objects: bool) -> None:  # noqa: FBT001 - drawn
    check_json(wide(nested("]", levels, in_objects=in_objects)))


@given(value=VALUES, in_key=st.booleans())
def test_the_character_nul_is_refused_and_its_name_is_not(value: Any, in_key: bool) -> None:  # noqa: FBT001 - drawn
    check_json(wide([value, "\\u0000"]))

    with pytest.raises(Invalid, match="NUL"):
        check_json(wide([value, {"\0": 1} if in_key else "a\0"]))
