"""Chats of Cursor's agent that have no transcript: each in a database of its own, whose root lists what was said."""

import json
import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from contextfs.adapters.transcripts import kept, read_path, reader
from contextfs.adapters.transcripts.cursor import find, read
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.turns import Names
from contextfs.kit.errors import Invalid
from tests.contextfs.adapters.transcripts.samples import order, place, said
from tests.growth import is_linear

ID = "ac437fdf-3e7e-4a54-98a4-7bb04fd3efc6"
CONTEXT = "<user_info>\nOS Version: linux\nWorkspace Path: /work/shop\n</user_info>"
SAID: list[dict[str, Any]] = [
    {"role": "system", "content": "You are an agent."},
    {"role": "user", "content": CONTEXT},
    {"role": "user", "content": [{"type": "text", "text": "<user_query>\nlist the files\n</user_query>"}]},
    {
        "role": "assistant",
        "id": "1",
        "content": [
            {"type": "reasoning", "text": "hm"},
            {"type": "text", "text": "I look."},
            {"type": "tool-call", "toolCallId": "t1", "toolName": "Shell", "args": {"command": "ls"}},
        ],
        "providerOptions": {"cursor": {"modelName": "composer-1"}},
    },
    {
        "role": "tool",
        "content": [{"type": "tool-result", "toolCallId": "t1", "toolName": "Shell", "result": "a.py"}],
    },
    {"role": "assistant", "content": "There is one."},
]

WRITTEN: list[dict[str, Any]] = [
    {"role": "user", "message": {"content": SAID[2]["content"]}},
    {
        "role": "assistant",
        "message": {
            "content": [
                {"type": "text", "text": "I look.\n\n[REDACTED]"},
                {"type": "tool_use", "name": "Shell", "input": {"command": "ls"}},
            ]
        },
    },
    {"role": "assistant", "message": {"content": [{"type": "text", "text": "There is one."}]}},
]
"""The same chat as a transcript has it."""


def field(number: int, value: bytes) -> bytes:
    """Write a field of Protobuf that holds bytes."""
    size, digits = len(value), b""
    while size >= 128:
        digits, size = digits + bytes([size & 127 | 128]), size >> 7
    return bytes([number << 3 | 2]) + digits + bytes([size]) + value


def chat(
    path: Path, said_in_it: list[dict[str, Any]] = SAID, *, lost: int = -1, workspace: str = "", **about: Any
) -> Path:
    """Make the database of a chat, as the agent writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    base = sqlite3.connect(path)
    base.execute("create table blobs (id text primary key, data blob)")
    base.execute("create table meta (key text primary key, value text)")
    root = bytes([5 << 3]) + b"\x96\x01"
    for n, message in enumerate(said_in_it):
        data = json.dumps(message).encode()
        root += field(1, sha256(data).digest())
        if n != lost:
            base.execute("insert or ignore into blobs values (?, ?)", (sha256(data).hexdigest(), data))
    root += field(9, workspace.encode()) if workspace else b""
    state = field(4, b"password=hunter2-Blue-Horse")
    file = b'{"private_note": "hunter2-Blue-Horse"}'
    root += field(4, sha256(file).digest())
    for data in (root, state, file):
        base.execute("insert into blobs values (?, ?)", (sha256(data).hexdigest(), data))
    usual = {"agentId": ID, "latestRootBlobId": sha256(root).hexdigest(), "name": "Files", "createdAt": 1781256145540}
    base.execute("insert into meta values ('0', ?)", (json.dumps(usual | about).encode().hex(),))
    base.commit()
    base.close()
    return path


def only(path: Path) -> Transcript:
    """Read the one session of a database."""
    [(_, [one])] = [(file, found) for file, found in read_path("cursor", path) if isinstance(found, list)]
    return one


def test_what_was_said_is_read_in_the_order_of_the_root(tmp_path: Path) -> None:
    one = only(chat(tmp_path / "store.db"))

    assert [("meta", 0), ("prompt", 0), ("reply", 1), ("tool_result", 0), ("reply", 0)] == order(one)
    assert (["list the files"], ["a.py"], "Files") == (said(one), said(one, "tool_result"), one.title)
    assert ((ID, "/work/shop", None, "composer-1"), 2026) == (place(one), one.started_at and one.started_at.year)
    assert {"instructions:system": 1, "thinking": 1} == one.skipped


def test_the_root_names_the_folder(tmp_path: Path) -> None:
    one = only(chat(tmp_path / "store.db", workspace="file:///work/my%20shop"))

    assert one.cwd == "/work/my shop"


def test_a_message_that_is_gone_is_counted(tmp_path: Path) -> None:
    one = only(chat(tmp_path / "store.db", lost=4))

    assert (["list the files"], 1) == (said(one), one.skipped["missing_blob"])


def test_what_is_said_twice_is_two_messages(tmp_path: Path) -> None:
    yes = {"role": "user", "content": "<user_query>yes</user_query>"}
    one = only(chat(tmp_path / "store.db", [*SAID, yes, {"role": "assistant", "content": "Done."}, yes]))

    assert (["list the files", "yes", "yes"], len(one.messages)) == (
        said(one),
        len({m.external_id for m in one.messages}),
    )


@pytest.mark.parametrize(
    "about",
    [{"latestRootBlobId": "absent"}, {"latestRootBlobId": 7}, {"agentId": None, "createdAt": {}, "name": 4}],
)
def test_other_values_are_survived(tmp_path: Path, about: dict[str, Any]) -> None:
    found = read(chat(tmp_path / "store.db", **about).read_bytes(), name="store.db")

    assert all(one.messages for one in found)


@pytest.mark.parametrize("is_plain", [False, True])
def test_a_chat_is_kept_without_files_and_states_and_read_from_that(tmp_path: Path, *, is_plain: bool) -> None:
    path = chat(tmp_path / "store.db", workspace="file:///work/shop")
    with sqlite3.connect(path) as base:
        [(digits,)] = base.execute("select value from meta")
        base.execute("update meta set value = ?", (bytes.fromhex(digits).decode() if is_plain else digits,))
    base.close()
    before = only(path)
    of_tool = reader("cursor")
    [data] = [b"".join(lines) for _, lines in kept.parts(of_tool, path)]
    [after] = kept.transcripts(of_tool, "cursor", path, {kept.OWN: data}, rows=True)

    assert (before.messages, before.cwd, before.title) == (after.messages, after.cwd, after.title)
    assert b"hunter2" not in data


def test_a_chat_is_found_where_it_has_no_transcript(tmp_path: Path) -> None:
    other = "0" * 36
    alone = chat(tmp_path / ".cursor" / "chats" / "0f" / ID / "store.db")
    in_settings = chat(tmp_path / ".config" / "cursor" / "chats" / "0f" / ID / "store.db")
    chat(tmp_path / ".cursor" / "chats" / "0f" / other / "store.db")
    transcript = tmp_path / ".cursor" / "projects" / "work-shop" / "agent-transcripts" / other / f"{other}.jsonl"
    transcript.parent.mkdir(parents=True)
    transcript.write_text('{"role":"user","message":{"content":"Which port?"}}\n')

    assert sorted([alone, in_settings, transcript]) == find(tmp_path, {}, "linux")


@pytest.mark.parametrize("kept", ["", "\n", '{"type":"turn_ended"}\n', '{"role":"user","message":{"content":""}}\n'])
def test_a_transcript_in_which_nothing_is_said_hides_no_chat(tmp_path: Path, kept: str) -> None:
    full = chat(tmp_path / ".cursor" / "chats" / "0f" / ID / "store.db")
    transcript = tmp_path / ".cursor" / "projects" / "work-shop" / "agent-transcripts" / ID / f"{ID}.jsonl"
    transcript.parent.mkdir(parents=True)
    transcript.write_text(kept)

    assert sorted([full, transcript]) == find(tmp_path, {}, "linux")


def test_chats_are_found_in_time_that_grows_as_they_do(tmp_path: Path) -> None:
    for many in (25, 200):
        for n in range(many):
            (tmp_path / str(many) / ".cursor" / "chats" / "0f" / f"a{n}").mkdir(parents=True)
            (tmp_path / str(many) / ".cursor" / "chats" / "0f" / f"a{n}" / "store.db").touch()
            (tmp_path / str(many) / ".cursor" / "projects" / f"p{n}" / "agent-transcripts" / f"b{n}").mkdir(
                parents=True
            )

    assert is_linear(lambda chats: find(tmp_path / str(len(chats)), {}, "linux"), "a", 200)


def test_a_transcript_that_comes_later_names_what_the_database_told_alike(tmp_path: Path) -> None:
    of_base = only(chat(tmp_path / "store.db"))
    transcript = tmp_path / f"{ID}.jsonl"
    transcript.write_text("\n".join(map(json.dumps, WRITTEN)))
    of_transcript = only(transcript)
    named = {one.external_id: (one.kind, one.content) for one in of_base.messages}

    assert of_base.external_id == of_transcript.external_id
    assert ["prompt", "reply", "reply"] == [one.kind for one in of_transcript.messages]
    assert [(one.kind, one.content) for one in of_transcript.messages] == [
        named.get(one.external_id) for one in of_transcript.messages
    ]


def test_what_had_a_name_with_its_reasoning_was_not_taken_back(tmp_path: Path) -> None:
    transcript = tmp_path / f"{ID}.jsonl"
    transcript.write_text("\n".join(map(json.dumps, WRITTEN)))
    former = Names().of("assistant", WRITTEN[1]["message"]["content"])

    told = only(transcript)

    assert ([], [former]) == (list(told.left), list(told.aside))


def test_another_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    base = sqlite3.connect(path)
    base.execute("create table blobs (id, data)")
    base.close()

    with pytest.raises(Invalid, match="is not a database of Cursor"):
        read(path.read_bytes(), name="store.db")
