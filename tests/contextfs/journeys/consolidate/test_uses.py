"""Whether a thing is in use, as texts say it."""

import pytest

from contextfs.journeys.consolidate.uses import State, uses


def said(text: str, *, decided: bool = False) -> dict[str, tuple[State, bool]]:
    return {one.key: (one.state, one.sure) for one in uses(text, decided=decided)}


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Use the peek command.", "in use"),
        ("Let's keep `peek`, it is short.", "in use"),
        ("Let's make peek hidden.", "hidden"),
        ("We hide peek because nobody asks for it.", "hidden"),
        ("Please stop using peek.", "out of use"),
        ("We don't use peek any more.", "out of use"),
        ("We've finally gotten rid of peek.", "out of use"),
        ("The peek command is gone.", "out of use"),
    ],
)
def test_all_words_for_a_use_are_one_use(text: str, state: State) -> None:
    assert said(text)["use peek, "] == (state, True)


def test_a_use_of_a_thing_tells_of_that_use_and_of_the_thing() -> None:
    assert set(said("Use pandas for exports.")) == {"use panda, export", "use panda, "}


@pytest.mark.parametrize("text", ["Stop using pandas for exports.", "Let's hide pandas for exports."])
def test_the_end_of_one_use_says_nothing_of_others(text: str) -> None:
    assert set(said(text)) == {"use panda, export"}


def test_a_task_is_no_decision_until_it_is_one() -> None:
    text = "Remove the peek command."

    assert [said(text, decided=decided)["use peek, "][1] for decided in (False, True)] == [False, True]


@pytest.mark.parametrize(
    "text", ["Stop using it.", "We removed this.", "We dropped them because they are slow.", "The page is slow."]
)
def test_what_names_no_thing_says_nothing(text: str) -> None:
    assert said(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Never use peek, except for logs.",
        "Do not use peek, unless the file is small.",
        "Don't use peek (only for logs).",
        "Don't use peek but in the shell.",
        "Don't use peek and poke together.",
        "Don't use peek because it is slow, except for logs.",
        "Never use peek. Only logs may.",
        "We removed peek and poke from the image.",
        "Let's remove peek, and add it again after the release.",
        "The peek command is gone, but the alias still has it.",
    ],
)
def test_an_end_that_more_is_said_of_is_not_sure(text: str) -> None:
    assert said(text)["use peek, "] == ("out of use", False)


@pytest.mark.parametrize(
    "text",
    ["We removed peek because it is slow.", "Stop using peek, since nobody reads it.", "We deleted peek. It was slow."],
)
def test_an_end_with_its_reason_is_sure(text: str) -> None:
    assert said(text)["use peek, "] == ("out of use", True)


@pytest.mark.parametrize(
    "text", ["We delete the cache and rebuild it on each deploy.", "We drop the database and recreate it in tests."]
)
def test_what_is_removed_and_made_anew_is_in_use(text: str) -> None:
    assert said(text) == {}
