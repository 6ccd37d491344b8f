"""What Claude Code writes in the user's name, and what people say of it."""

from datetime import UTC, datetime, timedelta

import pytest

from contextfs.adapters.transcripts.claude_code.notices import is_at_once, is_command, is_notice

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "<command-name>/exit</command-name>",
        "<command-name>/exit</command-name>\n            <command-message>exit</command-message>",
        "<local-command-stdout>Bye!</local-command-stdout>",
        "<task-notification>\n<task-id>1</task-id>\n</task-notification>\nRead the output file",
        "<bash-notification>\n<shell-id>1</shell-id>\n</bash-notification>\nRead the output.",
        '<cross-session-message from="x">\nping\n</cross-session-message>\nAnswer it.',
        '<teammate-message teammate_id="a">done</teammate-message>\n\nGo on.',
        "[Request interrupted by user for tool use]",
        "Operation stopped by hook: Another session is active",
        "Unknown skill: rebase",
    ],
)
def test_a_notice_is_known(text: str) -> None:
    assert is_notice(text)


@pytest.mark.parametrize(
    "text",
    [
        "<channel source=x> is what I see in the feed. Fix it",
        "<agent-message>hi</agent-message> appears in the output; remove it",
        "<teammate-message is not closed, why?",
        "<command-name>/init</command-name> is echoed in my log, strip it",
        "[Request interrupted by user] stands in my log",
        "Unknown skill: rebase, what now?",
        "Is <task-notification>x</task-notification> a notice?",
    ],
)
def test_what_a_person_says_of_one_is_none(text: str) -> None:
    assert not is_notice(text)


def test_an_echo_is_nothing_but_an_echo() -> None:
    echo = "<command-message>init is running…</command-message>\n<command-name>/init</command-name>\n"

    assert (True, False) == (is_command(echo), is_command(f"{echo}is in my log"))


@pytest.mark.parametrize(
    ("milliseconds", "is_expansion"), [(-60_000, False), (-1, False), (0, True), (1, True), (900, False)]
)
def test_what_comes_with_an_echo_comes_at_once(milliseconds: int, *, is_expansion: bool) -> None:
    assert is_expansion == is_at_once(NOON + timedelta(milliseconds=milliseconds), NOON)
