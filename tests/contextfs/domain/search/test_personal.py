"""Whose affair a question is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.personal import is_personal


@pytest.mark.parametrize(
    "text",
    [
        "which port did I say staging listens on?",
        "what do i prefer for tests",
        "how do I like answers to be written?",
        "What is my rule for commits?",
        "Have I ever used Redis in this project?",
        "Can you tell me what I wanted instead of the start command?",
        "remind me what my deadline is",
        "what should the agent do for me before a commit",
        "what i said about ports",
        "the port i wanted",
        "is there a rule of mine?",
        "what did the plan say about me.",
    ],
)
def test_what_the_asker_said_has_or_wants_is_personal(text: str) -> None:
    assert is_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "why did the tests hang",
        "how did we fix the deadlock?",
        "what did we decide about the queue, and why",
        "which command brings the database up to date",
        "what did you suggest for my queue?",
        "What approach did you recommend to balance my hours?",
        "what were your findings about my parser",
        "which index you've proposed for me",
        "how do I migrate",
        "where can I see the logs",
        "Can you tell me why the tests hang?",
        "show me the migration",
        "what is in i18n.py",
        "why did the I/O scheduler stall?",
        "where is my.cnf kept?",
        "what does the -i flag do?",
        "why does index i overflow in the loop?",
        "who owns contextfs.me?",
        "Warum h\u00e4ngen die Tests?",
    ],
)
def test_what_was_found_out_and_done_is_not(text: str) -> None:
    assert not is_personal(text)


@given(st.text(), st.sampled_from(["what did I want", "my port"]))
def test_any_text_has_an_answer(text: str, mine: str) -> None:
    assert is_personal(text) in {True, False}
    assert is_personal(mine)
