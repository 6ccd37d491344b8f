"""What a name that stands twice hides is found, and nothing else is taken for hidden."""

import json

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.domain.redaction.doubled import hidden

SIGNS = st.text(alphabet='ab"\\\\\n\u2028é{}[]:,', max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | SIGNS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SIGNS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(SIGNS, VALUES, max_size=4))
@settings(max_examples=100, deadline=None)
def test_names_that_stand_once_hide_nothing(value: dict[str, object]) -> None:
    texts = [json.dumps(value, indent=1).encode(), json.dumps(value, ensure_ascii=False).encode()]

    assert [hidden(one, msgspec.json.decode(one)) for one in texts] == [[], []]


@given(st.dictionaries(SIGNS, VALUES, min_size=1, max_size=3), VALUES)
@settings(max_examples=100, deadline=None)
def test_what_a_later_member_hides_is_given(value: dict[str, object], before: object) -> None:
    name = next(iter(value))
    data = f"[{json.dumps({name: before})[:-1]},{json.dumps(value)[1:]}]".encode()

    assert {name: before} in hidden(data, msgspec.json.decode(data))


def test_what_cannot_be_taken_apart_is_hidden_whole() -> None:
    data = b'{"a":1,"a":' + b"9" * 5000 + b"}"

    assert hidden(data, {"a": 1}) == [data.decode()]
