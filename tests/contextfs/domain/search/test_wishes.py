"""Wishes that last, and the questions that they bear on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.wishes import asks_advice, is_wish


@pytest.mark.parametrize(
    "text",
    [
        "Always show the unit when I ask about sizes.",
        "The plan is fine. Please always answer in Portuguese.",
        "Never commit to main.",
        "From now on, run the linter first.",
        "I'd prefer tabs over spaces",
        "I usually prefer trains, they are quieter.",
        "My preference is a short reply.",
        "You should always ask before deleting.",
    ],
)
def test_what_somebody_wants_always_is_a_wish(text: str) -> None:
    assert is_wish(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It always fails on Mondays.",
        "I have never been to Porto.",
        "Never mind, it works.",
        "The preferred port is 5433.",
        "Use the second one for now.",
        "🎉",
    ],
)
def test_what_is_or_was_is_no_wish(text: str) -> None:
    assert not is_wish(text)


@pytest.mark.parametrize(
    "text",
    [
        "How should I name the branch?",
        "how do we write amounts of money",
        "Can you help me plan the trip?",
        "Which editor would you recommend?",
        "I'm looking for a quiet place to work. What would you suggest?",
        "What are some ways to save water?",
        "Could you please explain recursion",
    ],
)
def test_a_question_for_help_asks_advice(text: str) -> None:
    assert asks_advice(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What did you recommend for the trip?",
        "Have I ever used Redis?",
        "how did we fix the deadlock?",
        "How many days do I have until the deadline?",
        "Can you list the order in which I brought up my plans?",
        "Can you show me a summary of how my essay developed?",
        "which port does staging listen on",
        "What should I do about the ticket that you mentioned?",
    ],
)
def test_a_question_for_what_was_asks_no_advice(text: str) -> None:
    assert not asks_advice(text)


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert is_wish(text) in {True, False}
    assert asks_advice(text) in {True, False}
