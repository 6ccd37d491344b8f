"""The account of a session."""

from contextfs.journeys.learn.extract import extract
from contextfs.journeys.learn.turns import Turn
from tests.contextfs.journeys.learn.conversation import assistant, edit, result, session, shell, user


def told(*turns: Turn) -> list[str]:
    return [c.content for c in extract(session(*turns)) if "episode" in c.tags]


def test_an_episode_tells_goal_outcome_files_and_commands() -> None:
    found = told(
        user("please make the settings parser strict about unknown keys"),
        assistant("Let me look.", edit("/w/repo/src/settings.go"), edit("/w/repo/test/settings_test.go")),
        result("ok"),
        assistant("", shell("mise run test")),
        result("ok"),
        assistant("Added `DisallowUnknownFields()` to the decoder. Would you like me to commit?"),
    )

    lines = (
        "Goal: please make the settings parser strict about unknown keys",
        "Outcome: Added `DisallowUnknownFields()` to the decoder.",
        "Files changed: src/settings.go, test/settings_test.go.",
        "Commands: `mise run test`.",
    )

    assert found == ["\n".join(lines)]


def test_an_episode_tells_what_people_decided_and_not_what_an_assistant_chose() -> None:
    (one,) = told(
        user("please make the settings parser strict about unknown keys"),
        assistant("I chose a decoder option because it is the shortest way. Added `DisallowUnknownFields()`."),
        user("We decided to drop support for the old settings file."),
        assistant("Removed the reader of the old settings file."),
    )

    assert one.splitlines()[2] == "Decided: We decided to drop support for the old settings file."
    assert "I chose" not in one.splitlines()[2]


def test_a_session_without_a_request_has_no_episode() -> None:
    assert [] == told(user("hi"), assistant("Hello! How can I help you today?"))


def test_an_announcement_is_joined_with_what_it_announces() -> None:
    (one,) = told(
        user("I have some feedback to address:"),
        user("the parser should reject empty names of profiles"),
        assistant("Fixed the parser so that empty names are rejected."),
    )

    assert one.startswith("Goal: I have some feedback to address: the parser should reject empty names of profiles\n")


def test_a_plan_gives_its_title_as_the_goal() -> None:
    (one,) = told(
        user("Implement the following plan:\n\n# Plan: Add timestamps to messages\n\n## Context\n…"),
        assistant("Added timestamps to all messages."),
    )

    assert one == "Goal: Add timestamps to messages\nOutcome: Added timestamps to all messages."


def test_outcomes_of_several_exchanges_are_told_in_their_order() -> None:
    (one,) = told(
        user("add a cache to the search page please"),
        assistant("Added a cache of five minutes."),
        user("and remove the old spinner from it"),
        assistant("Removed the old spinner."),
    )

    assert one.endswith("Outcome: Added a cache of five minutes. Removed the old spinner.")


def test_an_answer_is_the_outcome_when_nothing_was_done() -> None:
    (one,) = told(
        user("why does the watcher run only on unix systems"),
        assistant("The watcher relies on process groups that Windows does not have."),
    )

    assert one.endswith("Outcome: The watcher relies on process groups that Windows does not have.")
