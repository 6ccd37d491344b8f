"""Continue: real sessions of its command, and the rules by themselves."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contextfs.adapters.transcripts.continue_ import find, read
from contextfs.adapters.transcripts.model import Transcript
from contextfs.kit.errors import Invalid
from tests.contextfs.adapters.transcripts.samples import files_of, order, place, said, session, spent

LONG = "92d9c014-4402-4de8-8ad2-23d1a4bf4e36"


def history(*messages: dict[str, Any]) -> Transcript:
    """Read a session of these messages."""
    entries = [{"message": message} for message in messages]
    [one] = read(json.dumps({"sessionId": "s-1", "history": entries}).encode(), name="s.json")
    return one


def test_prompts_are_what_the_person_typed() -> None:
    one = session("continue", f"{LONG}.json")
    expected = ["list the files please", "How should we sign JWT tokens?", "Which database did we choose?"]

    assert expected == said(one)


def test_the_order_is_that_of_the_conversation() -> None:
    one = session("continue", f"{LONG}.json")
    expected = [
        ("prompt", 0), ("reply", 1), ("tool_result", 0), ("reply", 0),
        ("prompt", 0), ("reply", 0), ("prompt", 0), ("reply", 0),
    ]  # fmt: skip

    assert expected == order(one)


def test_tokens_and_cost_are_those_of_the_session() -> None:
    one = session("continue", f"{LONG}.json")

    assert ((4800, 220, 3600, 0), 0.00524) == (spent(one), one.usage.cost)


def test_where_and_when_it_took_place_is_known() -> None:
    one = session("continue", f"{LONG}.json")

    assert (LONG, "/home/dev/cfs/proj/demo", None, "mock-1") == place(one)
    assert datetime(2026, 11, 22, 21, 57, 34, 747000, tzinfo=UTC) == one.started_at


def test_the_list_of_sessions_is_none() -> None:
    assert "sessions.json" not in [path.name for path in files_of("continue")]
    assert [] == read(b'[{"sessionId":"s","title":"t"}]', name="sessions.json")


def test_a_result_that_is_told_twice_is_one() -> None:
    call = {"id": "c", "function": {"name": "ls", "arguments": "{}"}}
    asked = {"message": {"role": "assistant", "content": "", "toolCalls": [call]}}
    asked["toolCallState"] = {"toolCallId": "c", "status": "done", "output": [{"content": "a"}]}
    entries = [{"message": {"role": "user", "content": "hi"}}, asked]
    entries.append({"message": {"role": "tool", "toolCallId": "c", "content": "a"}})
    [one] = read(json.dumps({"sessionId": "s", "history": entries}).encode(), name="s.json")

    assert [("prompt", 0), ("reply", 1), ("tool_result", 0)] == order(one)


def test_equal_messages_have_names_of_their_own() -> None:
    one = history(*[{"role": "user", "content": "yes"}] * 3)

    assert 3 == len({message.external_id for message in one.messages})


def test_reasoning_and_unknown_roles_are_counted() -> None:
    one = history({"role": "user", "content": "hi"}, {"role": "thinking", "content": "hm"}, {"role": "ghost"})

    assert {"role:ghost": 1, "thinking": 1} == one.skipped


def test_another_file_is_refused() -> None:
    with pytest.raises(Invalid):
        read(b'{"sessionId":"s"}', name="s.json")


def test_sessions_are_found(tmp_path: Path) -> None:
    folder = tmp_path / ".continue" / "sessions"
    folder.mkdir(parents=True)
    for name in ("s.json", "sessions.json"):
        (folder / name).touch()

    assert [folder / "s.json"] == find(tmp_path, {}, "linux")
