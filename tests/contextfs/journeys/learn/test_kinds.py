"""What each kind fills in beside the words."""

import pytest

from contextfs.journeys.learn.candidates import Candidate
from contextfs.journeys.learn.extract import extract
from contextfs.journeys.learn.turns import Turn
from tests.contextfs.journeys.learn.conversation import assistant, session, user


def only(*turns: Turn) -> Candidate:
    (one,) = (c for c in extract(session(*turns)) if "episode" not in c.tags)
    return one


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("The API base URL is https://api.acme.dev/v2.", "api base url", "https://api.acme.dev/v2"),
        ("we use Stripe for payments", "payments", "Stripe"),
        ("The database port is 5433.", "database port", "5433"),
        ("Staging URL: https://staging.acme.dev", "staging url", "https://staging.acme.dev"),
        ("my GitHub handle is mkowal", "github handle", "mkowal"),
    ],
)
def test_a_fact_fills_a_slot(text: str, key: str, value: str) -> None:
    one = only(user(text))

    assert ("fact", key, value) == (one.type, one.key, one.value)


def test_a_decision_names_what_was_chosen_for_what() -> None:
    one = only(user("ok, we'll use Redis for the session cache because it is there already"))

    assert ("decision", "session cache", "Redis") == (one.type, one.key, one.value)


def test_an_assistants_decision_counts_only_in_closing() -> None:
    turns = (
        assistant("I went with a partial index instead of a full one because of its size."),
        assistant("The index is in place."),
    )

    assert [] == [c for c in extract(session(*turns)) if c.type == "decision"]


def test_a_how_to_gives_its_step() -> None:
    assert only(user("To regenerate the client, run `npm run codegen`.")).steps == ("`npm run codegen`",)


@pytest.mark.parametrize(
    "text",
    [
        "To run the tests, use `./runTests.sh`.",
        "Run `./buildAll` to build the images.",
        "Run `runTests.ps1` to fill the report.",
        "Use `testAll` to run all tests.",
    ],
)
def test_a_command_may_be_spelled_like_a_function(text: str) -> None:
    assert only(user(text)).tags == ("how-to",)


@pytest.mark.parametrize(
    "text",
    [
        "Use `getRegion('a/b')` to run the tests.",
        "Use `runQuery` to run the query.",
        "Use `client.openAll` to test it all.",
    ],
)
def test_the_name_of_a_function_is_no_command(text: str) -> None:
    assert [c for c in extract(session(user(text))) if c.type == "procedural"] == []


def test_numbered_steps_under_a_telling_heading_are_a_procedure() -> None:
    one = only(user("How to release the CLI:\n\n1. bump the version\n2. tag the commit\n3. push the tag"))

    assert ("procedural", ("bump the version", "tag the commit", "push the tag")) == (one.type, one.steps)


def test_numbered_questions_are_no_steps() -> None:
    turns = session(user("Setup:\n1. Why does the port change?\n2. Find where it is set."))

    assert [] == [c for c in extract(turns) if c.type == "procedural"]


def test_a_step_is_told_with_the_bullets_that_it_announces() -> None:
    text = "How to release:\n\n1. bump the version\n2. Add these **secrets**:\n   - `KEY`\n   - `ID`\n3. push the tag"

    assert only(user(text)).steps == ("bump the version", "Add these secrets: `KEY`; `ID`", "push the tag")


def test_steps_of_which_one_announces_nothing_are_no_procedure() -> None:
    text = "How to release the CLI:\n\n1. bump the version\n2. Add these secrets:\n\n```\nKEY\n```\n"

    assert [] == [c for c in extract(session(user(text))) if c.type == "procedural"]


def test_numbered_changes_are_no_procedure() -> None:
    text = "Changes made:\n\n1. Renamed the package\n2. Updated the imports of the package"

    assert [] == [c for c in extract(session(assistant(text))) if c.type == "procedural"]


def test_a_name_is_learned_only_with_its_capital() -> None:
    assert [] == [c for c in extract(session(user("call me when the tests are done, ok"))) if c.type == "user"]
