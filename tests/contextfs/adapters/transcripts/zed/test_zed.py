"""Zed: a database with a compressed and a plain thread, and the rules by themselves."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from backports import zstd  # pyright: ignore[reportMissingTypeStubs]

from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.zed import find, read
from contextfs.kit.errors import Invalid
from tests.contextfs.adapters.transcripts.samples import DATA, order, place, said, sessions, spent


def base(data: bytes, kind: str = "json", parent: str | None = None) -> bytes:
    """Make a database with one thread."""
    made = sqlite3.connect(":memory:")
    made.execute(
        "create table threads (id text, summary text, updated_at text, data_type text, data blob, parent_id text)"
    )
    made.execute("insert into threads values ('t', 'T', '2026-01-01T00:00:00Z', ?, ?, ?)", (kind, data, parent))
    made.commit()
    whole = made.serialize()
    made.close()
    return whole


def thread(*messages: Any, parent: str | None = None, **more: Any) -> Transcript:
    """Read a thread of these messages."""
    [one] = read(base(json.dumps({"messages": messages, **more}).encode(), parent=parent), name="threads.db")
    return one


def test_compressed_and_plain_threads_are_read() -> None:
    typed = [said(one) for one in sessions("zed", "threads.db")]

    assert [["How should we sign JWT tokens?", "Which database did we choose?"]] * 2 == typed


def test_the_order_tokens_and_place_are_known() -> None:
    one = sessions("zed", "threads.db")[0]
    expected = [("prompt", 0), ("reply", 0)] * 2

    assert (expected, (2400, 110, 900, 0)) == (order(one), spent(one))
    assert ("117d18c2-2de6-5ab6-5099-344a8223872c", "/work/demo", None, "claude-sonnet-4-5") == place(one)


def test_tools_and_their_results_are_read() -> None:
    use = {"ToolUse": {"id": "c", "name": "ls", "raw_input": "{}", "input": {"path": "."}}}
    results = {"c": {"tool_use_id": "c", "is_error": False, "content": {"Text": "a.txt"}}}
    one = thread(
        {"User": {"id": "u", "content": [{"Text": "hi"}]}}, {"Agent": {"content": [use], "tool_results": results}}
    )

    assert [("prompt", 0), ("reply", 1), ("tool_result", 0)] == order(one)
    assert ("a.txt", "c") == (one.messages[2].content, one.messages[2].tool_call_id)


def test_what_a_person_points_to_is_named_and_not_copied() -> None:
    mention = {"Mention": {"uri": {"File": {"abs_path": "/w/a.py"}}, "content": "secret"}}
    one = thread({"User": {"id": "u", "content": [{"Text": "see "}, mention]}})

    assert ["see [/w/a.py]"] == said(one)


def test_the_form_before_03_is_read() -> None:
    old = {
        "id": 1,
        "role": "assistant",
        "segments": [{"type": "text", "text": "yes"}],
        "tool_uses": [{"id": "c", "name": "ls"}],
    }
    one = thread({"id": 0, "role": "user", "segments": [{"type": "text", "text": "hi"}]}, old, version="0.2.0")

    assert [("prompt", 0), ("reply", 1)] == order(one)


def test_what_zed_hides_is_no_prompt() -> None:
    text = [{"type": "text", "text": "Continue where you left off"}]
    one = thread(
        {"id": 0, "role": "user", "segments": [{"type": "text", "text": "hi"}]},
        {"id": 1, "role": "user", "segments": text, "is_hidden": True},
        version="0.2.0",
    )

    assert ["hi"] == said(one)


def test_in_a_subagents_thread_nobody_types() -> None:
    one = thread({"User": {"id": "u", "content": [{"Text": "Look."}]}}, parent="p")

    assert ([], "p") == (said(one), one.metadata["parent"])


def test_a_thread_that_unpacks_to_too_much_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contextfs.adapters.transcripts.zed.reader.MAX_UNPACKED_BYTES", 1_000)
    bomb = zstd.compress(b" " * 100_000)

    assert [] == read(base(bomb, "zstd"), name="threads.db")


@pytest.mark.parametrize("data", [b"\x00\x01", b"", b"\xff" * 40])
def test_a_damaged_thread_does_not_stop_the_rest(data: bytes) -> None:
    assert [] == read(base(data, "zstd"), name="threads.db")


def test_another_database_is_refused() -> None:
    with pytest.raises(Invalid):
        read((DATA / "llm" / "logs.db").read_bytes(), name="logs.db")


def test_the_database_is_found(tmp_path: Path) -> None:
    path = tmp_path / ".local/share/zed/threads/threads.db"
    path.parent.mkdir(parents=True)
    path.touch()

    assert [path] == find(tmp_path, {}, "linux")
