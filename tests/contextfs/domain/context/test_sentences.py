"""Which sentences of a message matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.context.sentences import is_announcement, sentences

PIECES = st.lists(
    st.sampled_from(
        [
            "Hey! ",
            "We use 8080. ",
            "Why? ",
            "```\na. b\n\nc\n```\n",
            "1. one\n",
            "東京。",
            "\n\n",
            "e.g. ",
            "``` x",
            ".",
        ]
    )
).map("".join)


def first(text: str, task: str) -> str:
    return sentences(text, task)[0].text.strip()


@given(PIECES | st.text(st.characters()), st.sampled_from(["", "which port", "???"]))
def test_sentences_join_to_the_text(text: str, task: str) -> None:
    found = sorted(sentences(text, task), key=lambda one: one.place)

    assert text.strip() == "".join(one.text for one in found).strip()
    assert all(0 < one.share <= 1 for one in found)


@given(PIECES)
def test_the_first_has_the_largest_share(text: str) -> None:
    found = sentences(text, "")

    assert found[0].share == max(one.share for one in found)


@pytest.mark.parametrize(
    ("text", "task", "expected"),
    [
        ("Great to see you! I research agencies. How are you?", "What does Ana research?", "I research agencies."),
        ("Wow, congrats! It was last Friday. Love it!", "When was it?", "It was last Friday."),
        ("Do you like cats, dogs, birds, horses? I do.", "", "Do you like cats, dogs, birds, horses?"),
        ("Sure.\n```\nport = 8080\n\nhost = 1\n```\nOk?", "which port", "```\nport = 8080\n\nhost = 1\n```"),
        ("Steps:\n1. install uv\n2. run make", "how to run it", "2. run make"),
    ],
)  # fmt: skip
def test_what_tells_goes_first(text: str, task: str, expected: str) -> None:
    assert expected == first(text, task)


def test_politeness_has_no_share() -> None:
    shares = {one.text.strip(): one.share for one in sentences("Hey Ben! I moved to Lisbon last May. So cool!", "move")}

    assert shares["Hey Ben!"] == shares["So cool!"] == 0.01


@pytest.mark.parametrize(
    ("text", "is_idle"),
    [
        ("Now update list.go to remove the flag.", True),
        ("I'll extract a small helper, then call it twice.", True),
        ("Good catch. Now removing the two flags:", True),
        ("Now that staging uses 5433, tests reach it.", False),
        ("I'll keep port 5433 because staging uses it.", False),
        ("Now users can log in with SSO.", False),
        ("Now let me run the full test again with the fixed harness:", True),
        ("Good. Let me verify tests and lint pass.", True),
        ("I'll check the imports in this file:", True),
        ("Let me read `types.go` first. Now let me look at the tests:", True),
        ("I'll run the tests to see what is failing.", True),
        ("I'll use Postgres for the queue.", False),
        ("I need to start Redis first, because: it is slow.", False),
        ("Let me explain: the token is rotated every night.", False),
        ("Let me check. The port is 8080.", False),
        ("Letting go of Redis was right:", False),
    ],
)
def test_what_a_model_only_does_next_is_told_from_what_it_says(text: str, *, is_idle: bool) -> None:
    assert is_idle == is_announcement(text)


def test_what_a_model_does_next_has_no_share() -> None:
    text = "Let me check the settings. Staging uses port 5433 for Postgres. Now let me run the tests:"
    shares = [one.share for one in sorted(sentences(text, "which port", is_models=True), key=lambda one: one.place)]

    assert [0.01, 0.01] == [shares[0], shares[2]]
