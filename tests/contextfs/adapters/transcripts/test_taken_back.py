"""What each tool's file says was taken back is named as it was while it was live; what may stand is not."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contextfs.adapters.transcripts import reader
from contextfs.adapters.transcripts.model import Transcript
from tests.contextfs.adapters.transcripts.samples import DATA

Change = Callable[[bytes], tuple[bytes, bytes]]


def appended(data: bytes, *lines: dict[str, Any]) -> tuple[bytes, bytes]:
    return data, b"\n".join([data.rstrip(b"\n"), *(json.dumps(line).encode() for line in lines)]) + b"\n"


def rewound(data: bytes) -> tuple[bytes, bytes]:
    """Claude Code: a prompt is edited, which forks the tree."""
    lines = [json.loads(line) for line in data.splitlines()]
    last = [one for one in lines if one["type"] == "user" and isinstance(one["message"]["content"], str)][-1]
    return appended(data, last | {"uuid": "9" * 36, "message": {"role": "user", "content": "Something else."}})


def rolled_back(data: bytes) -> tuple[bytes, bytes]:
    """Codex: the last turn is taken back."""
    return appended(data, {"type": "event_msg", "payload": {"type": "thread_rolled_back", "num_turns": 1}})


def went_back(data: bytes) -> tuple[bytes, bytes]:
    """Gemini CLI: all from a message on is taken back."""
    lines = [json.loads(line) for line in data.splitlines()]
    last = [one["id"] for one in lines if one.get("type") == "gemini"][-1]
    return appended(data, {"$rewindTo": last})


def cut(data: bytes) -> tuple[bytes, bytes]:
    """Copilot Chat: the list of requests is cut to its first."""
    return appended(data, {"kind": 2, "k": ["requests"], "v": [], "i": 1})


def reverted(data: bytes) -> tuple[bytes, bytes]:
    """OpenCode: the session is reverted to before its last prompt."""
    session = json.loads(data)
    last = [one["info"]["id"] for one in session["messages"] if one["info"]["role"] == "user"][-1]
    session["info"]["revert"] = {"messageID": last}
    return data, json.dumps(session).encode()


def branched(data: bytes) -> tuple[bytes, bytes]:
    """ChatGPT: the sample has two answers to one message; before, there was the first alone."""
    [talk] = json.loads(data)
    nodes = talk["mapping"]
    first = [key for key, node in nodes.items() if node["message"]][5]
    begun = dict(list(nodes.items())[: list(nodes).index(first) + 1])
    return json.dumps([talk | {"mapping": begun, "current_node": first}]).encode(), data


def edited(data: bytes) -> tuple[bytes, bytes]:
    """Claude.ai: the first prompt is edited; the parent of both is not listed."""
    [talk] = json.loads(data)
    said = [one | {"parent_message_uuid": name} for one, name in zip(talk["chat_messages"], _line(talk), strict=True)]
    again = said[0] | {"uuid": "again", "text": "Something else.", "content": []}
    before = talk | {"chat_messages": said}
    return json.dumps([before]).encode(), json.dumps([talk | {"chat_messages": [*said, again]}]).encode()


def _line(talk: dict[str, Any]) -> list[str]:
    return ["root", *(one["uuid"] for one in talk["chat_messages"][:-1])]


def unlisted(data: bytes) -> tuple[bytes, bytes]:
    """Cursor: a conversation lists its last bubbles no more."""
    base = sqlite3.connect(":memory:")
    base.deserialize(data)
    key, value = base.execute(
        "select key, value from cursorDiskKV where key like 'composerData:%' and value like '%bubbleId%'"
    ).fetchone()
    composer = json.loads(value)
    composer["fullConversationHeadersOnly"] = composer["fullConversationHeadersOnly"][:3]
    base.execute("update cursorDiskKV set value = ? where key = ?", (json.dumps(composer), key))
    base.commit()
    return data, base.serialize()


CHANGES: dict[str, tuple[str, Change]] = {
    "claude-code": ("503d3276-fd1c-4a5a-b232-97277af3f672.jsonl", rewound),
    "codex": ("rollout-2026-11-22T21-54-01-01a20540-7b7f-7a83-be5d-cfc61a0f0eaa.jsonl", rolled_back),
    "gemini": ("demo/chats/session-2026-11-22T21-54-b038f9ed.jsonl", went_back),
    "copilot-chat": ("demo/chatSessions/c0629c67-ba5a-4fef-8950-b520873329b7.jsonl", cut),
    "opencode": ("export-ses_dfabee22fffegKJhD8XG2WZ3m3.json", reverted),
    "chatgpt": ("conversations.json", branched),
    "claude-ai": ("conversations.json", edited),
    "cursor": ("state.vscdb", unlisted),
}


@pytest.mark.parametrize("tool", CHANGES)
def test_what_is_taken_back_of_a_sample_is_named_and_nothing_else_is(tool: str) -> None:
    name, change = CHANGES[tool]
    before, after = (_read(tool, data, name) for data in change((DATA / tool / name).read_bytes()))
    gone = [
        {one.external_id for one in talk.messages} - {one.external_id for one in after[key].messages}
        for key, talk in before.items()
    ]

    assert any(gone)
    assert gone == [{*after[key].left} - {*talk.left} for key, talk in before.items()]


def _read(tool: str, data: bytes, name: str) -> dict[str, Transcript]:
    return {one.external_id: one for one in reader(tool).read(data, name=Path(name).name)}
