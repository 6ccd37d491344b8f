"""What of a language model's answer is believed."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.journeys.learn.questions import believed
from contextfs.journeys.learn.turns import Turn
from contextfs.journeys.learn.windows import Window, window

SAID = "From now on we sign tokens with RS256, since HS256 leaked twice."
MEMORY: dict[str, Any] = {
    "type": "decision",
    "content": "Tokens are signed with RS256.",
    "turn": 0,
    "quote": "we sign tokens  with rs256",
    "confidence": 0.97,
    "key": None,
    "value": None,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*MEMORY, "memories"]), inner),
    max_leaves=20,
)


def shown() -> Window:
    turns = [
        Turn(message_id=UUID(int=7), role="user", content=SAID),
        Turn(message_id=UUID(int=8), role="assistant", content="Good: I changed the signer to RS256 everywhere."),
    ]
    part = window(turns, 0)
    assert part is not None
    return part


def test_what_is_quoted_word_for_word_is_believed_but_not_blindly() -> None:
    found = believed({"memories": [MEMORY]}, shown())

    assert found is not None
    (one,) = found
    assert (one.type, one.content, one.author_kind, one.confidence) == (
        "decision",
        "Tokens are signed with RS256.",
        "human",
        0.9,
    )
    assert one.message_ids == (UUID(int=7),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"quote": "we sign tokens with ES256"},
        {"quote": "RS256"},
        {"turn": 1},
        {"turn": 99},
        {"type": "secret"},
        {"content": ""},
        {"content": "x" * 5000},
        {"confidence": 7},
    ],
)
def test_what_has_no_proof_or_another_form_is_left_out(wrong: dict[str, Any]) -> None:
    good = MEMORY | {"content": "HS256 leaked twice, so it is not used.", "quote": "since HS256 leaked twice"}

    found = believed({"memories": [MEMORY | wrong, good]}, shown())

    assert found is not None
    assert [one.content for one in found] == [good["content"]]


@given(answer=JSON)
def test_whatever_comes_back_nothing_breaks(answer: Any) -> None:
    found = believed(answer, shown())

    assert found is None or found == []
