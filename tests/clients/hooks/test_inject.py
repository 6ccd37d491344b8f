"""What a conversation is handed: fenced, within its budget, once, and never at the cost of the tool."""

import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from clients.hooks.inject import form
from contextfs.domain.context.tokens import estimate
from contextfs.kit.fence import FENCE
from tests.clients.hooks.conftest import ROOT, Ctx, Ring, Rung

SAMPLES = ROOT / "clients" / "cli" / "samples"


def start(folder: Path, **more: Any) -> dict[str, Any]:
    return {"session_id": "s1", "cwd": str(folder), "hook_event_name": "SessionStart", "source": "startup"} | more


def prompt(folder: Path, text: str, **more: Any) -> dict[str, Any]:
    named = {"session_id": "s1", "cwd": str(folder), "hook_event_name": "UserPromptSubmit", "prompt": text}
    return named | more


def fill(folder: Path) -> None:
    """Write memories by hand: among few of them, no word tells anything apart."""
    facts = folder / ".contextfs" / "memories" / "fact"
    facts.mkdir(parents=True, exist_ok=True)
    (facts / "staging.md").write_text("The staging database listens on port 5433.\n")
    for number, thing in enumerate(("kettle", "printer", "bicycle", "garden", "library", "orchestra")):
        (facts / f"{thing}.md").write_text(f"Our {thing} has number {number}.\n")


def line(number: int, role: str, text: str) -> dict[str, Any]:
    """Write a message as Claude Code does."""
    return {
        "type": role,
        "sessionId": "s7",
        "uuid": f"u{number}",
        "parentUuid": f"u{number - 1}" if number else None,
        "timestamp": f"2026-09-14T08:00:0{number}.000Z",
        "cwd": "/home/ana/tern",
        "message": {"role": role, "content": [{"type": "text", "text": text}]},
    }


def handed(rung: Rung) -> str:
    """Give the text that Claude Code would hand to its model."""
    assert (0, "") == (rung.code, rung.err)
    return json.loads(rung.out)["hookSpecificOutput"]["additionalContext"] if rung.out else ""


def test_at_its_start_it_is_handed_what_is_pinned_and_what_was_decided(ring: Ring, repository: Path, ctx: Ctx) -> None:
    ctx("memory", "add", "Deploys happen on Thursdays.", "--pin")
    ctx("memory", "add", "We sign tokens with RS256.", "--type", "decision")
    ctx("memory", "add", "On Monday the build was red.", "--type", "episodic")

    text = handed(ring("claude-code", "SessionStart", start(repository)))

    assert text.startswith(f"<{FENCE} ")
    assert text.endswith(f"</{FENCE}>")
    assert "Deploys happen on Thursdays." in text
    assert "We sign tokens with RS256." in text
    assert "the build was red" not in text


def test_what_was_learned_is_dated_by_when_it_was_said(ring: Ring, repository: Path, ctx: Ctx) -> None:
    ctx("import", "claude-code", str(SAMPLES / "receipts-queue.jsonl"))

    text = handed(ring("claude-code", "SessionStart", start(repository)))

    assert "- [2026-09-14] We decided to use a jobs table in Postgres" in text


def test_a_prompt_is_handed_what_it_asks_for_once(ring: Ring, repository: Path) -> None:
    fill(repository)
    asked = prompt(repository, "Which port does the staging database listen on?")

    first, again, other = (
        handed(ring("claude-code", "UserPromptSubmit", said)) for said in (asked, asked, asked | {"session_id": "s2"})
    )

    assert "port 5433" in first
    assert again == ""
    assert first.partition(" items=")[2] == other.partition(" items=")[2]


def test_a_prompt_is_handed_the_answer_that_its_question_had_before(
    ring: Ring, repository: Path, ctx: Ctx, tmp_path: Path
) -> None:
    fill(repository)
    before = [
        ("user", "please list all of the files that are in this folder"),
        ("assistant", "The directory holds README.md and app.py and nothing else."),
        ("user", "Which database did we choose?"),
        ("assistant", "We chose PostgreSQL 16 with JSONB for session metadata."),
    ]
    (tmp_path / "s7.jsonl").write_text("\n".join(json.dumps(line(n, *said)) for n, said in enumerate(before)))
    ctx("import", "claude-code", str(tmp_path / "s7.jsonl"))

    text = handed(ring("claude-code", "UserPromptSubmit", prompt(repository, "which database did we choose?")))

    assert "Outcome: We chose PostgreSQL 16" in text


@pytest.mark.parametrize("text", ["yes", "go on", "/clear now please", "", "What is the meaning of all this?"])
def test_a_prompt_that_asks_for_nothing_known_is_handed_nothing(ring: Ring, repository: Path, text: str) -> None:
    fill(repository)

    assert handed(ring("claude-code", "UserPromptSubmit", prompt(repository, text))) == ""


def test_it_is_never_over_the_budget(ring: Ring, repository: Path) -> None:
    decisions = repository / ".contextfs" / "memories" / "decision"
    decisions.mkdir(parents=True)
    for number in range(12):
        (decisions / f"{number}.md").write_text(f"Decision {number}: {'we keep the words short and few ' * 8}\n")
    with (repository / ".contextfs" / "config.toml").open("a") as settings:
        settings.write("\n[inject]\ntokens = 300\n")

    text = handed(ring("claude-code", "SessionStart", start(repository)))

    assert 100 < estimate(text) <= 300


@pytest.mark.parametrize("setting", ["start = false\n", "prompt = false\n"])
def test_it_can_be_switched_off(ring: Ring, repository: Path, setting: str) -> None:
    fill(repository)
    with (repository / ".contextfs" / "config.toml").open("a") as settings:
        settings.write(f"\n[inject]\n{setting}")

    at_start = handed(ring("claude-code", "SessionStart", start(repository)))
    at_prompt = handed(
        ring(
            "claude-code",
            "UserPromptSubmit",
            prompt(repository, "Which port does the staging database use?", session_id="s2"),
        )
    )

    assert [bool(at_start), bool(at_prompt)] == ["prompt" in setting, "start" in setting]


def test_a_conversation_that_goes_on_is_not_handed_it_again(ring: Ring, repository: Path, ctx: Ctx) -> None:
    ctx("memory", "add", "Deploys happen on Thursdays.", "--pin")

    assert handed(ring("claude-code", "SessionStart", start(repository, source="resume"))) == ""
    assert handed(ring("claude-code", "SessionStart", start(repository, source="compact"))) != ""


def test_a_store_that_is_broken_stops_nobody(ring: Ring, repository: Path) -> None:
    (repository / ".contextfs" / "local" / "index.db").write_bytes(b"no database at all" * 1000)

    rung = ring("claude-code", "SessionStart", start(repository))

    assert (0, b"", "") == (rung.code, rung.out, rung.err)


def test_a_store_of_a_newer_version_stops_nobody_and_the_conversation_waits(ring: Ring, repository: Path) -> None:
    base = sqlite3.connect(repository / ".contextfs" / "local" / "index.db")
    base.execute("pragma user_version = 9999")
    base.close()

    spool = repository / ".contextfs" / "local" / "spool"
    rung = ring("claude-code", "SessionStart", start(repository), spool=spool)

    assert (0, b"", "", ["s1"]) == (rung.code, rung.out, rung.err, [note["session"] for note in rung.notes])


@pytest.mark.parametrize("text", [" ", "\n\t \n", "\u00a0\u2003", "\ud800 \udfff x y z"])
def test_a_prompt_of_white_space_or_of_broken_characters_stops_nobody(ring: Ring, repository: Path, text: str) -> None:
    fill(repository)

    rung = ring("claude-code", "UserPromptSubmit", prompt(repository, text))

    assert (0, b"", "") == (rung.code, rung.out, rung.err)


def test_an_event_that_is_no_utf_8_stops_nobody(ring: Ring, repository: Path) -> None:
    said = json.dumps(prompt(repository, "Which port does the staging database listen on? X")).encode()
    spool = repository / ".contextfs" / "local" / "spool"

    rung = ring("claude-code", "UserPromptSubmit", said.replace(b"X", b"\xff\xfe"), spool=spool)

    assert (0, b"", "", ["s1"]) == (rung.code, rung.out, rung.err, [note["session"] for note in rung.notes])


def test_who_cannot_be_noted_is_handed_what_is_known(ring: Ring, repository: Path, ctx: Ctx) -> None:
    ctx("memory", "add", "Deploys happen on Thursdays.", "--pin")
    (repository / ".contextfs" / "local" / "spool").write_text("a file, where a folder should be")

    assert "Thursdays" in handed(ring("claude-code", "SessionStart", start(repository)))


def test_settings_that_are_broken_stop_nobody(ring: Ring, repository: Path) -> None:
    (repository / ".contextfs" / "config.toml").write_text("[[[")

    rung = ring("claude-code", "SessionStart", start(repository))

    assert (0, b"", "") == (rung.code, rung.out, rung.err)


def test_a_store_that_is_busy_is_not_waited_for(
    ring: Ring, repository: Path, ctx: Ctx, environment: dict[str, str]
) -> None:
    environment["CONTEXTFS_INJECT_SECONDS"] = "1"
    ctx("memory", "add", "The staging database listens on port 5433.")
    with sqlite3.connect(repository / ".contextfs" / "local" / "index.db", isolation_level=None) as held:
        held.execute("begin exclusive")
        began = time.monotonic()

        rung = ring("claude-code", "UserPromptSubmit", prompt(repository, "Which port does staging use?"))

    assert rung.code == 0
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("tool", "event", "expected"),
    [
        ("copilot", "sessionStart", {"additionalContext": "x"}),
        ("cursor", "sessionStart", {"additional_context": "x", "continue": True}),
        (
            "gemini",
            "BeforeAgent",
            {"hookSpecificOutput": {"hookEventName": "BeforeAgent", "additionalContext": "x"}},
        ),
    ],
)
def test_each_tool_reads_its_own_form(tool: str, event: str, expected: dict[str, Any]) -> None:
    assert expected == json.loads(form(tool, event, "x"))


def test_what_gemini_puts_before_a_prompt_is_not_searched_for(ring: Ring, repository: Path) -> None:
    fill(repository)
    before = "<hook_context>&lt;contextfs-context&gt;The staging database listens on port 5433.</hook_context>"
    said = prompt(repository, f"{before}\n\nWhat does the weather do in Lisbon today?", hook_event_name="BeforeAgent")

    rung = ring("gemini", "BeforeAgent", said)

    assert (0, b"") == (rung.code, rung.out)
