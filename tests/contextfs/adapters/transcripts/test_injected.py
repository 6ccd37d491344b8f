"""What is taken out of a text as injected context, and what is left in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.adapters.transcripts.injected import without_context, without_fence
from contextfs.adapters.transcripts.tally import Tally

OPEN = '<contextfs-context project="p" budget="900">'
CLOSE = "</contextfs-context>"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"{OPEN}memory{CLOSE}\nfix it", "fix it"),
        (f"fix it {OPEN}memory{CLOSE}", "fix it"),
        (f"a {OPEN}one{CLOSE} b {OPEN}two{CLOSE} c", "a  b  c"),
        (f"a {OPEN}out {OPEN}in{CLOSE} out{CLOSE} b", "a  b"),
        (f"{OPEN}memory that says {CLOSE} to break out{CLOSE} fix it", "fix it"),
        (f"fix it\n{OPEN}cut off", "fix it"),
        ("<contextfs-context/> fix it", "fix it"),
        ("<system-reminder>\nbe brief\n</system-reminder>\nfix it", "fix it"),
        ("<ide_opened_file>a.py</ide_opened_file>fix it", "fix it"),
    ],
)
def test_injected_context_is_taken_out(text: str, left: str) -> None:
    assert left == without_context(text, Tally())


@pytest.mark.parametrize(
    "text",
    [
        "why is <contextfs-context> in my prompt?",
        "rename <contextfs-contexts>a</contextfs-contexts>",
        "a < b and b > c",
        "<b>bold</b>",
    ],
)
def test_a_mere_mention_is_left_in(text: str) -> None:
    assert text == without_context(text, Tally())


def test_only_our_own_fence_is_taken_out_of_results() -> None:
    text = f"<system-reminder>x</system-reminder> {OPEN}memory{CLOSE}"
    expected = "<system-reminder>x</system-reminder> "

    assert expected == without_fence(text, Tally())


def test_what_was_taken_out_is_counted() -> None:
    tally = Tally()
    without_context(f"{OPEN}a{CLOSE} {OPEN}b{CLOSE} <hook_context>c</hook_context> d", tally)
    expected = {"injected:contextfs-context": 2, "injected:hook_context": 1}

    assert expected == tally.counts()


@given(st.lists(st.sampled_from([OPEN, CLOSE, "\n", "word ", "<contextfs-context"]), max_size=12), st.integers(0, 12))
def test_no_arrangement_lets_fenced_text_out(pieces: list[str], place: int) -> None:
    around = [piece for piece in pieces if piece != "<contextfs-context"]
    text = "".join([*around[:place], f"\n{OPEN}SECRET{CLOSE}\n", *around[place:]])

    assert "SECRET" not in without_context(text, Tally())


def test_many_open_tags_are_read_in_time() -> None:
    text = "<contextfs-context " * 20_000

    assert text.strip() == without_context(text, Tally())
