"""Aider: a real history with three sessions, a real one whose model writes headings, and the rules by themselves."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from contextfs.adapters.transcripts.aider import find, read
from contextfs.adapters.transcripts.aider.where import TYPED
from contextfs.adapters.transcripts.model import Transcript
from contextfs.kit.errors import Invalid
from tests.contextfs.adapters.transcripts.samples import DATA, order, said, session, sessions, spent

HISTORY = "aider.chat.history.md"
START = "\n# aider chat started at 2026-01-01 10:00:00\n\n> Aider v0.86.2  \n"


def history(text: str, typed: str = "") -> list[Transcript]:
    """Read a history, with an input history beside it."""
    beside = {TYPED: typed.encode()} if typed else {}
    return read(f"{START}{text}".encode(), name=HISTORY, beside=beside)


def test_each_run_is_a_session_with_what_was_typed() -> None:
    typed = [said(one) for one in sessions("aider", HISTORY)]
    expected = [
        ["How should we sign JWT tokens?"],
        ["Which database did we choose?"],
        ["What should we do about the rename of get_usr?"],
    ]

    assert expected == typed


def test_tokens_are_those_that_aider_reports() -> None:
    figures = [spent(one)[:2] for one in sessions("aider", HISTORY)]

    assert [(654, 43), (702, 19), (601, 36)] == figures


def test_a_session_says_when_and_by_which_model() -> None:
    one = sessions("aider", HISTORY)[0]
    expected = (datetime(2026, 11, 22, 21, 56, 20, tzinfo=UTC), "openai/mock-1", "0.86.2")

    assert expected == (one.started_at, one.model, one.metadata["version"])


def test_the_input_history_tells_when_a_prompt_was_typed() -> None:
    prompt, reply = sessions("aider", HISTORY)[0].messages
    expected = datetime(2026, 11, 22, 21, 56, 24, 3485, tzinfo=UTC)

    assert (expected, expected) == (prompt.created_at, reply.created_at)


def test_headings_of_the_model_are_its_own() -> None:
    one = session("aider", "excerpt.aider.chat.history.md")
    replies = [message.content for message in one.messages if message.kind == "reply"]

    assert 6 == len(said(one))
    assert any("\n#### `InputOutput` Class\n" in reply for reply in replies)


def test_tokens_with_thousands_and_costs_are_read() -> None:
    told = (
        "> Tokens: 4.2k sent, 1.1k cache write, 12k cache hit, 512 received. Cost: $0.0125 message, $0.03 session.  \n"
    )
    [one] = history(f"\n#### hi  \n\nhello\n\n{told}")
    usage = one.usage

    assert (4200, 512, 1100, 12000, 0.0125) == (
        usage.input_tokens, usage.output_tokens, usage.cache_creation_tokens, usage.cache_read_tokens, usage.cost
    )  # fmt: skip


def test_the_model_quoting_a_start_begins_no_session() -> None:
    [one] = history("\n#### hi  \n\nIt begins with\n\n# aider chat started at 2026-01-01 00:00:00\n\nand goes on.\n")

    assert [("prompt", 0), ("reply", 0)] == order(one)
    assert one.messages[1].content.endswith("and goes on.")


@pytest.mark.parametrize("quoted", ["\n#### hello\n", "\n> Aider v0.86.2\n", "\n> Aider v0.86.2  \n"])
def test_the_model_quoting_a_whole_session_begins_none(quoted: str) -> None:
    [one] = history(f"\n#### hi  \n\nAn example:\n\n# aider chat started at 2025-01-01 00:00:00\n{quoted}\nDone.\n")

    assert ["hi"] == said(one)


def test_a_heading_in_the_models_text_is_no_prompt() -> None:
    [one] = history("\n#### hi  \n\nFirst:\n\n#### Setup\n\nThen run it.\n\n#### thanks  \n")

    assert ["hi", "thanks"] == said(one)


def test_a_heading_that_nobody_typed_is_the_models() -> None:
    typed = "\n# 2026-01-01 09:59:59.000001\n+hi\n+there\n"
    [one] = history("\n#### hi  \n#### there  \n\nFirst:\n\n#### Setup  \n\nThen run it.\n", typed)

    assert (["hi\nthere"], [("prompt", 0), ("reply", 0)]) == (said(one), order(one))
    assert "#### Setup" in one.messages[1].content


def test_two_prompts_without_an_answer_are_two() -> None:
    [one] = history("\n#### one  \n\n#### two  \n\nanswer\n")

    assert ["one", "two"] == said(one)


def test_a_history_without_line_breaks_at_the_ends_is_read() -> None:
    text = f"{START}\n#### hi  \n\nanswer\n".replace("  \n", "\n")
    [one] = read(text.encode(), name=HISTORY)

    assert ["hi"] == said(one)


@pytest.mark.parametrize("command", ["/add app.py", "/undo", "!ls", "<blank>", "# Fix any errors below, if possible."])
def test_commands_and_what_aider_asks_itself_are_no_prompts(command: str) -> None:
    [one] = history(f"\n#### {command}  \n\n#### hi  \n")

    assert ["hi"] == said(one)


def test_what_the_input_history_holds_was_typed() -> None:
    question = "# Question: what does this do?"
    [told], [untold] = (
        history(f"\n#### {question}  \n\nIt runs.\n", typed)
        for typed in (f"\n# 2026-01-01 10:00:01\n+{question}\n", "")
    )

    assert ([question], []) == (said(told), said(untold))


def test_a_question_after_a_command_is_a_prompt_and_its_repetition_is_none() -> None:
    [one] = history("\n#### /ask what is it?  \n\n#### what is it?  \n\nA tern.\n")

    assert ["/ask what is it?"] == said(one)


def test_the_folder_of_a_hidden_history_is_where_it_took_place(tmp_path: Path) -> None:
    path = tmp_path / ".aider.chat.history.md"
    path.write_bytes((DATA / "aider" / HISTORY).read_bytes())
    one = read(path.read_bytes(), name=path.name, beside={".": str(tmp_path).encode()})[0]

    assert str(tmp_path) == one.cwd
    assert [path] == find(Path("/nowhere"), {"PWD": str(tmp_path / "src")}, "linux")


def test_a_history_grows_by_what_is_new() -> None:
    before, after = history("\n#### hi  \n\nyes\n"), history("\n#### hi  \n\nyes\n\n#### hi  \n\nyes\n")
    names = [[message.external_id for message in one.messages] for [one] in (before, after)]

    assert names[0] == names[1][:2]
    assert len(names[1]) == len(set(names[1]))
    assert before[0].external_id == after[0].external_id


def test_another_file_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refusal:
        read(b"<!-- Generated by SpecStory -->\n", name="h.md")

    assert "`ctx import specstory` reads it." in refusal.value.detail


@pytest.mark.parametrize(
    "first",
    [
        'I\'ve written your instructions in comments in the code and marked them with "ai"',
        'Find the "AI" comments below (marked with █) in the code files I\'ve shared with you.',
    ],
)
def test_what_is_sent_for_comments_in_the_code_is_no_prompt(first: str) -> None:
    [one] = history(f"\n#### {first}  \n#### a.py  \n\ndone\n\n#### thanks  \n")

    assert ["thanks"] == said(one)
