"""Copilot CLI: real sessions with resumes, a sample of many kinds of events, and the rules by themselves."""

import json
from pathlib import Path
from typing import Any

import pytest

from contextfs.adapters.transcripts.copilot import find, read
from contextfs.adapters.transcripts.model import Transcript
from contextfs.kit.errors import Invalid
from tests.contextfs.adapters.transcripts.samples import order, place, said, session, spent

RESUMED = "c931f18a-2595-4f17-8763-97237b3dc1c8/events.jsonl"


def log(*events: tuple[str, dict[str, Any]], agents: tuple[int, ...] = ()) -> Transcript:
    """Read a session of these events; those at the places `agents` are a subagent's."""
    records = [{"type": kind, "data": data, "id": f"e{n}"} for n, (kind, data) in enumerate(events)]
    records = [record | ({"agentId": "a"} if n in agents else {}) for n, record in enumerate(records)]
    [one] = read("\n".join(map(json.dumps, records)).encode(), name="events.jsonl")
    return one


def test_prompts_are_what_the_person_typed() -> None:
    one = session("copilot", RESUMED)
    expected = ["list the files please", "How should we sign JWT tokens?", "Which database did we choose?"]

    assert expected == said(one)


@pytest.mark.parametrize(
    ("name", "tokens"), [(RESUMED, (4800, 220, 3600, 0)), ("small.jsonl", (0, 15, 0, 0))], ids=["calls", "replies"]
)
def test_each_call_is_counted_once(name: str, tokens: tuple[int, int, int, int]) -> None:
    one = session("copilot", name)

    assert tokens == spent(one)


def test_the_last_shutdown_counts_where_calls_are_not_told() -> None:
    def end(tokens: int) -> tuple[str, dict[str, Any]]:
        return "session.shutdown", {"modelMetrics": {"m": {"usage": {"inputTokens": tokens, "outputTokens": 1}}}}

    one = log(("user.message", {"content": "hi"}), end(5), end(9))

    assert (9, 1, 0, 0) == spent(one)


def test_the_order_is_that_of_the_conversation() -> None:
    one = session("copilot", RESUMED)
    expected = [
        ("prompt", 0), ("reply", 1), ("tool_result", 0), ("reply", 0),
        ("prompt", 0), ("reply", 0), ("prompt", 0), ("reply", 0),
    ]  # fmt: skip

    assert expected == order(one)


def test_where_it_took_place_is_known() -> None:
    one = session("copilot", RESUMED)
    expected = ("c931f18a-2595-4f17-8763-97237b3dc1c8", "/home/dev/cfs/proj/demo", "feature/auth", "mock-1")

    assert expected == place(one)
    assert ("list the files please", "1.0.102") == (one.title, one.metadata["version"])


def test_subagents_are_counted_and_not_given() -> None:
    one = session("copilot", "small.jsonl")

    assert one.skipped["sidechain"] == 3


def test_events_that_name_an_agent_are_a_subagents() -> None:
    one = log(
        ("user.message", {"content": "hi"}),
        ("user.message", {"content": "Look.", "source": "agent-1"}),
        ("assistant.message", {"content": "seen"}),
        ("assistant.message", {"content": "hello"}),
        agents=(1, 2),
    )

    assert (["hi", "hello"], 2) == ([message.content for message in one.messages], one.skipped["sidechain"])


def test_a_name_of_several_lines_is_read_by_its_first() -> None:
    about = b"id: s\nname: |-\n  Fix the login\n  and the logout\nsummary: >-\nbranch: main\n"
    event = json.dumps({"type": "user.message", "data": {"content": "hi"}, "id": "e"}).encode()
    [one] = read(event, name="events.jsonl", beside={"workspace.yaml": about})

    assert ("Fix the login", "main") == (one.title, one.git_branch)


def test_a_message_that_the_tool_wrote_is_no_prompt() -> None:
    one = log(
        ("user.message", {"content": "Do the skill.", "source": "skill-pdf"}), ("user.message", {"content": "hi"})
    )

    assert ["hi"] == said(one)


def test_a_failed_tool_says_why() -> None:
    done = {"toolCallId": "c", "success": False, "error": {"message": "no such file"}}
    one = log(("user.message", {"content": "hi"}), ("tool.execution_complete", done))
    [_, result] = one.messages

    assert ("no such file", True, "c") == (result.content, result.is_error, result.tool_call_id)


def test_a_compaction_leaves_its_summary() -> None:
    one = log(("user.message", {"content": "hi"}), ("session.compaction_complete", {"summaryContent": "So far."}))

    assert ["So far."] == said(one, "summary")


def test_another_file_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refusal:
        read(b'{"sessionId":"s","projectHash":"h"}\n', name="events.jsonl")

    assert "`ctx import gemini` reads it." in refusal.value.detail


def test_sessions_are_found(tmp_path: Path) -> None:
    folder = tmp_path / ".copilot" / "session-state" / "s"
    folder.mkdir(parents=True)
    (folder / "events.jsonl").touch()

    assert [folder / "events.jsonl"] == find(tmp_path, {}, "linux")
