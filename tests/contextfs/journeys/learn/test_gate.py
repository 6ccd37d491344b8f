"""What is turned away before and after the kinds are asked."""

import pytest

from contextfs.journeys.learn.gate import said, states
from contextfs.journeys.learn.turns import Turn
from tests.contextfs.journeys.learn.conversation import assistant, session, shell, user


@pytest.mark.parametrize(
    "text",
    [
        "should we use Redis here",
        "maybe use Redis for the cache",
        "for now use port 8080",
        "it uses port 8080",
        "use the approach from option 2",
        "as described above, use pnpm",
        "According to CLAUDE.md, always use pnpm",
        "thanks, great work",
        "use pnpm",
        "our admin password is [redacted:password:0123abcd]",
        "x " * 300,
    ],
)
def test_questions_guesses_passing_states_and_pointers_are_no_statements(text: str) -> None:
    assert not states(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One more thing for later: the database runs on port 5433.", "the database runs on port 5433."),
        ("Also: we use Stripe for payments.", "we use Stripe for payments."),
        ("by the way: the database runs on port 5433.", "the database runs on port 5433."),
        ("Also the database runs on port 5433.", "Also the database runs on port 5433."),
        ("Staging URL: https://staging.example.com", "Staging URL: https://staging.example.com"),
    ],
)
def test_what_opens_an_aside_is_no_part_of_it(text: str, expected: str) -> None:
    assert [one.text for one in said(session(user(text)))] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I got this feedback on the branch:\n\nThe port is defined in src/ports.py.", []),
        (
            "The port is defined in src/ports.py. Consider reading it from the settings.\n\nOur staging port is 8431.",
            ["Our staging port is 8431."],
        ),
        ("The port is defined in src/ports.py. Consider either:\n- a setting\n- a constant", []),
        (
            "Review comments: the port is defined in src/ports.py.\n\nOur staging port is 8431.",
            ["Our staging port is 8431."],
        ),
        (
            "We decided to use Postgres for the queue. The port is in src/ports.py. Consider adding a migration.",
            ["We decided to use Postgres for the queue."],
        ),
        (
            "We decided to use Postgres.\n\nOur staging port is 8431.\n\nConsider running the linter when done.",
            ["We decided to use Postgres.", "Our staging port is 8431."],
        ),
        (
            "For customer feedback, we decided to use Postgres instead of Redis: it is simpler.",
            ["For customer feedback, we decided to use Postgres instead of Redis: it is simpler."],
        ),
    ],
)
def test_what_a_person_hands_on_of_a_review_is_not_their_word(text: str, expected: list[str]) -> None:
    assert [one.text for one in said(session(user(text)))] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Never log tokens, hash them.",
        "Always lint code before committing it.",
        "Never edit migrations after shipping them.",
    ],
)
def test_a_pronoun_at_the_end_may_mean_a_thing_in_the_sentence(text: str) -> None:
    assert states(text)


@pytest.mark.parametrize(
    "text",
    [
        "we should always hide it",
        "we should wait before pushing it",
        "always test it before pushing it",
        "please hide the button beside it",
    ],
)
def test_a_pronoun_at_the_end_that_means_nothing_in_the_sentence_points_away(text: str) -> None:
    assert not states(text)


def test_a_plain_statement_passes() -> None:
    assert states("The database runs on port 5433.")


@pytest.mark.parametrize(
    "text",
    [
        "[Request interrupted by user for tool use]\nalways use pnpm",
        "Implement the following plan:\n\nalways use pnpm",
        "This session is being continued from a previous conversation.\nalways use pnpm",
        "always use pnpm\n" * 600,
    ],
)
def test_what_a_tool_wrote_in_a_persons_name_is_not_heard(text: str) -> None:
    assert [] == said(session(user(text)))


def test_system_and_tool_messages_are_not_heard() -> None:
    first = session(user("always use pnpm"))[0]

    assert [] == said([Turn(message_id=first.message_id, role="system", content=first.content)])


def test_only_the_reply_that_ends_an_exchange_closes_it() -> None:
    heard = said(
        session(
            user("please repair the build"),
            assistant("The build uses the wrong Node.", shell("make")),
            assistant("The build uses Node 20 from mise."),
        ),
    )

    assert [one.closes for one in heard if not one.human] == [False, True]
