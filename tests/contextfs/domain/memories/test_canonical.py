"""The one spelling of JSON: equal values have equal spellings, in every store and language, for ever."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.memories.canonical import DEPTH, canonical, canonical_texts
from contextfs.kit.errors import Invalid

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
numbers = st.one_of(st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)


@given(values)
def test_a_spelling_is_json_that_is_spelled_like_that(value: Any) -> None:
    assert canonical(msgspec.json.decode(canonical(value))) == canonical(value)


@given(st.one_of(texts, st.integers(-(10**20), 10**20), st.floats(-(2.0**53), 2.0**53), st.booleans(), st.none()))
def test_a_spelling_is_json_for_the_same_value(value: Any) -> None:
    assert msgspec.json.decode(canonical(value)) == value


@given(values)
def test_a_value_that_went_through_json_keeps_its_spelling(value: Any) -> None:
    assert canonical(msgspec.json.decode(msgspec.json.encode(value))) == canonical(value)


@given(numbers)
def test_a_number_that_a_store_prints_in_full_keeps_its_spelling(number: float) -> None:
    in_full = format(Decimal(repr(number)), "f")

    assert canonical(msgspec.json.decode(in_full)) == canonical(number)


@given(st.dictionaries(texts, st.none()))
def test_the_order_of_keys_does_not_matter(value: dict[str, None]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@given(st.dictionaries(st.sampled_from("ab_Z"), st.one_of(texts, st.lists(texts), st.tuples(texts))))
def test_texts_are_spelled_the_same_by_the_library(value: dict[str, Any]) -> None:
    assert canonical_texts(value) == canonical(value).encode()


def test_every_character_is_spelled_the_same_by_the_library() -> None:
    every = "".join(map(chr, (*range(1, 0xD800), *range(0xE000, 0x30000))))

    assert canonical_texts([every]) == canonical([every]).encode()
    assert canonical_texts(["\\u0000"]) == canonical(["\\u0000"]).encode()


@pytest.mark.parametrize("text", ["a\0b", "half \ud800"])
def test_what_has_no_spelling_is_refused_by_both(text: str) -> None:
    with pytest.raises(Invalid) as told:
        canonical_texts({"content": text})

    assert told.value.where == "$.content"


@pytest.mark.parametrize(
    ("value", "spelling"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (True, "true"),
        (0.1, "0.1"),
        (-1.5, "-1.5"),
        (0.00001, "0.00001"),
        (1e-7, "1e-7"),
        (1.25e-7, "1.25e-7"),
        (123456.789, "123456.789"),
        (1e20, "100000000000000000000"),
        (2.0**60, "1152921504606847000"),
        (2**60, "1152921504606846976"),
        (1e21, "1e+21"),
        (10**300, "1e+300"),
        (5e-324, "5e-324"),
        ((1, [2]), "[1,[2]]"),
        ({"b": None, "a": {}}, '{"a":{},"b":null}'),
        # By UTF-16 units a surrogate pair comes before U+E000; by code points it would come after.
        ({"\ue000": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ue000":1}'),
        ('\x08\t\n\f\r\x1f"\\/\x7f\u2028é', '"\\b\\t\\n\\f\\r\\u001f\\"\\\\/\x7f\u2028é"'),
    ],
)
def test_spellings_are_those_of_rfc_8785(value: Any, spelling: str) -> None:
    assert canonical(value) == spelling


def test_text_is_not_normalised() -> None:
    assert canonical("\u00e9") != canonical("e\u0301")


@pytest.mark.parametrize(
    ("value", "where", "says"),
    [
        ({"a": [0, float("nan")]}, "$.a[1]", "not finite"),
        ({"a": -float("inf")}, "$.a", "not finite"),
        ([10**400], "$[0]", "too large"),
        ({"a": {1: "x"}}, "$.a", "key 1 is not text"),
        ({"a": {"b": {2}}}, "$.a.b", "a set is not JSON"),
        (b"x", "$", "a bytes is not JSON"),
        (["ab\ud800"], "$[0]", "character 2 of the text is half a character"),
        ({"ab\ud800": 1}, "$", "half a character"),
        (["a\0b"], "$[0]", "character zero"),
    ],
)
def test_what_json_cannot_carry_is_refused_with_its_place(value: Any, where: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as caught:
        canonical(value)

    assert caught.value.where == where


def test_bottomless_nesting_is_refused() -> None:
    value: list[Any] = []
    value.append(value)

    with pytest.raises(Invalid, match=f"more than {DEPTH} levels"):
        canonical(value)
