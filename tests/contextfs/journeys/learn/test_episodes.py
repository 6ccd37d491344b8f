"""The account of a session."""

import pytest

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


def test_an_episode_tells_what_the_trouble_came_from() -> None:
    (one,) = told(
        user("Can you find out why the suite hangs in CI?"),
        assistant("", edit("/w/repo/migrations/run.py")),
        result("ok"),
        assistant("All 213 tests pass. The hang came from a session-level lock that stayed with its connection."),
    )

    assert "Outcome: The hang came from a session-level lock that stayed with its connection." == one.splitlines()[1]


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


def test_an_outcome_stands_with_what_was_asked_for_it() -> None:
    (one,) = told(
        user("why does the watcher not run on windows"),
        assistant("It relies on process groups."),
        user("yes please"),
        assistant("I looked at the other tools, too."),
        user("then give the windows build a job object instead"),
        assistant("Added a job object to the windows build."),
    )

    assert one.splitlines() == [
        "Goal: why does the watcher not run on windows",
        "Then: then give the windows build a job object instead",
        "Outcome: Added a job object to the windows build.",
    ]


def test_what_was_asked_twice_is_told_once() -> None:
    (one,) = told(
        user("make the parser reject unknown keys of the settings"),
        assistant("Which ones do you mean?"),
        user("make the parser reject unknown keys of the settings"),
        assistant("Added a check for unknown keys."),
    )

    assert one == "Goal: make the parser reject unknown keys of the settings\nOutcome: Added a check for unknown keys."


def test_an_answer_stands_with_its_question() -> None:
    (one,) = told(
        user("list the files please"),
        assistant("The directory holds README.md and app.py and nothing else."),
        user("Which database did we choose?"),
        assistant("We chose PostgreSQL 16 with JSONB for session metadata."),
    )

    assert one == (
        "Goal: Which database did we choose?\nOutcome: We chose PostgreSQL 16 with JSONB for session metadata."
    )


PRINTED = "• by using this software you agree with its EULA\n  ⨯ release failed\n    error=\nError: exit code 1"


@pytest.mark.parametrize(
    "junk", [PRINTED, "Address 3, 8, 11, 25, 28", "list something", "/workflows:review", "do 1, 2 and 3"]
)
def test_what_says_nothing_by_itself_is_no_goal(junk: str) -> None:
    (one,) = told(
        user(junk),
        assistant("Removed the field that the release tool does not know."),
        user("can you retry the release in the workflow instead?"),
        assistant("Added a retry to the release workflow."),
    )

    assert one.startswith("Goal: can you retry the release in the workflow instead?\n")


def test_a_command_of_the_tool_is_left_out_of_what_was_asked() -> None:
    (one,) = told(user("/review the parser of the settings"), assistant("Fixed the parser of empty names."))

    assert one.startswith("Goal: the parser of the settings\n")


@pytest.mark.parametrize(
    ("root", "paths", "expected"),
    [
        ("/home/ana/app", ["/home/ana/app/cmd/cli/types.go"], "cmd/cli/types.go"),
        ("/home/ana/app/", ["/home/ana/app/docs/geese.md"], "docs/geese.md"),
        ("C:\\app", ["C:/app/src/a.py", "C:/app/src/b.py"], "src/a.py, src/b.py"),
        ("/home/ana/app", ["/home/ana/other/src/a.py", "/home/ana/other/test/b.py"], "src/a.py, test/b.py"),
        ("/home/ana/ap", ["/home/ana/app/src/a.py", "/home/ana/app/test/b.py"], "src/a.py, test/b.py"),
    ],
)
def test_files_are_told_below_the_folder_of_the_session(root: str, paths: list[str], expected: str) -> None:
    turns = session(user("write the files that we talked about"), assistant("", *map(edit, paths)))

    (one,) = [c.content for c in extract(turns, root) if "episode" in c.tags]

    assert one.splitlines()[1] == f"Files changed: {expected}."


def test_an_answer_is_the_outcome_when_nothing_was_done() -> None:
    (one,) = told(
        user("why does the watcher run only on unix systems"),
        assistant("The watcher relies on process groups that Windows does not have."),
    )

    assert one.endswith("Outcome: The watcher relies on process groups that Windows does not have.")


def test_a_whole_sentence_answers_and_not_the_first_item_of_a_list() -> None:
    (one,) = told(
        user("why does the watcher run only on unix systems"),
        assistant("- Missing process groups on Windows and alike\n\nThe watcher relies on process groups."),
    )

    assert one.endswith("Outcome: The watcher relies on process groups.")
