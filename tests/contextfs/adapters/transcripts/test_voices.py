"""Whose voice a text in the user's name is."""

import pytest

from contextfs.adapters.transcripts.tally import Tally
from contextfs.adapters.transcripts.voices import headline, heard


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("fix the login", "prompt"),
        ("/review please", "prompt"),
        ("<div>why is this red?</div>", "prompt"),
        ("<my-widget> does not render", "prompt"),
        ("Implement the following plan:\n\n# Plan", "prompt"),
        ("<task-notification>\n<task-id>1</task-id>\n</task-notification>", "meta"),
        ("Operation stopped by hook: what does that mean?", "prompt"),
        ("Unknown skill: rebase", "prompt"),
        ("[Request interrupted by user] stands in my log", "prompt"),
        ("<channel source=x> is what I see in the feed. Fix it", "prompt"),
        ("<agent-message> tags appear in the output; remove them", "prompt"),
        ("<teammate-message is not closed, why?", "prompt"),
        ("<notice-of-next-year level='1'>text</notice-of-next-year>", "meta"),
        ("This session is being continued from a previous conversation that ran out of context.", "summary"),
        ("<system-reminder>only this</system-reminder>", "injected"),
        ("", "injected"),
    ],
)
def test_a_voice_is_told_by_its_text(text: str, kind: str) -> None:
    assert kind == heard(text, Tally())[0]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n\n# \nAdd tests\nplease", "Add tests"),
        ("x" * 200, "x" * 119 + "…"),
        ("---\n```", None),
    ],
)
def test_a_headline_is_the_first_line_with_words(text: str, line: str | None) -> None:
    assert line == headline(text)
