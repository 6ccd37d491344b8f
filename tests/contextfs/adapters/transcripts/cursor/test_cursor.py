"""Cursor: the editor's database with an orphan and an empty value, real transcripts of its agent, and the rules."""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from contextfs.adapters.transcripts import paths_in, read_path
from contextfs.adapters.transcripts.cursor import find, read
from contextfs.adapters.transcripts.model import Transcript
from contextfs.kit.errors import BadInput, Invalid
from tests.contextfs.adapters.transcripts.samples import DATA, order, place, said, session, sessions, spent

BASE = DATA / "cursor" / "state.vscdb"


def base(path: Path, **values: Any) -> Path:
    """Make a database with these values; `__` in a key stands for a colon."""
    with sqlite3.connect(path) as made:
        made.execute("create table cursorDiskKV (key text unique on conflict replace, value blob)")
        rows = [(key.replace("__", ":"), None if value is None else json.dumps(value)) for key, value in values.items()]
        made.executemany("insert into cursorDiskKV values (?, ?)", rows)
    made.close()
    return path


def only(path: Path) -> Transcript:
    """Read the one session of a database."""
    [(_, [one])] = [(file, read_back) for file, read_back in read_path("cursor", path) if isinstance(read_back, list)]
    return one


def test_the_conversation_is_what_its_list_names() -> None:
    one = session("cursor", "state.vscdb")
    expected = [("prompt", 0), ("reply", 1), ("tool_result", 0), ("reply", 0)] * 2

    assert (["How should we sign JWT tokens?", "Which database did we choose?"], expected) == (said(one), order(one))


def test_orphans_are_counted_and_not_given() -> None:
    one = session("cursor", "state.vscdb")

    assert (1, 1) == (one.skipped["off_path"], len(one.left))
    assert not [message for message in one.messages if "ORPHAN" in message.content]


def test_where_it_took_place_and_what_it_cost_is_known() -> None:
    one = session("cursor", "state.vscdb")
    expected = ("de0a37b0-48b8-f096-d912-62f06e6a9066", "/work/demo", None, "claude-4.5-sonnet")

    assert (expected, (2400, 110, 0, 0)) == (place(one), spent(one))


def test_bytes_and_file_give_the_same() -> None:
    assert read(BASE.read_bytes(), name="state.vscdb")[0].messages == session("cursor", "state.vscdb").messages


def test_a_database_is_read_while_its_owner_writes(tmp_path: Path) -> None:
    path = tmp_path / "state.vscdb"
    shutil.copy(BASE, path)
    owner = sqlite3.connect(path, isolation_level=None)
    owner.execute("pragma journal_mode = wal")
    owner.execute("begin immediate")
    owner.execute("insert into cursorDiskKV values ('x', 'y')")

    one = only(path)
    owner.execute("rollback")
    owner.close()

    assert len(said(one)) == 2


def test_what_is_only_in_the_log_is_read(tmp_path: Path) -> None:
    path = base(tmp_path / "state.vscdb")
    owner = sqlite3.connect(path, isolation_level=None)
    owner.execute("pragma journal_mode = wal")
    owner.execute("insert into cursorDiskKV select key, value from cursorDiskKV")
    for key, value in (
        ("composerData:c", {"composerId": "c", "fullConversationHeadersOnly": [{"bubbleId": "b", "type": 1}]}),
        ("bubbleId:c:b", {"type": 1, "text": "fresh"}),
    ):
        owner.execute("insert into cursorDiskKV values (?, ?)", (key, json.dumps(value)))

    one = only(path)
    owner.close()

    assert ["fresh"] == said(one)


def test_a_locked_database_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contextfs.adapters.transcripts.sqlite._WAIT_SECONDS", 0.05)
    path = base(tmp_path / "state.vscdb")
    owner = sqlite3.connect(path, isolation_level=None)
    owner.execute("begin exclusive")

    [(_, error)] = read_path("cursor", path)
    owner.close()

    assert isinstance(error, BadInput)
    assert "is locked by the program that owns it; try again." in error.detail


def test_the_database_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "state.vscdb"
    shutil.copy(BASE, path)
    only(path)

    assert (["state.vscdb"], BASE.read_bytes()) == ([one.name for one in tmp_path.iterdir()], path.read_bytes())


def test_messages_that_stand_within_the_conversation_are_read(tmp_path: Path) -> None:
    bubbles = [{"type": 1, "bubbleId": "b", "text": "hi"}, {"type": 2, "bubbleId": "a", "text": "yes"}]
    one = only(base(tmp_path / "state.vscdb", composerData__c={"composerId": "c", "conversation": bubbles}))

    assert [("prompt", 0), ("reply", 0)] == order(one)


def test_the_first_versions_chats_are_read(tmp_path: Path) -> None:
    path = tmp_path / "state.vscdb"
    tabs = {
        "tabs": [
            {
                "tabId": "t",
                "chatTitle": "Old",
                "bubbles": [{"type": "user", "rawText": "hi"}, {"type": "ai", "rawText": "yes"}],
            }
        ]
    }
    with sqlite3.connect(path) as made:
        made.execute("create table ItemTable (key text unique on conflict replace, value blob)")
        made.execute(
            "insert into ItemTable values ('workbench.panel.aichat.view.aichat.chatdata', ?)", (json.dumps(tabs),)
        )
    made.close()
    one = only(path)

    assert ("t", "Old", [("prompt", 0), ("reply", 0)]) == (one.external_id, one.title, order(one))


@pytest.mark.parametrize(
    ("name", "prompts"),
    [("small", ["List the files.", "Run ls."]), ("with-tools", ["Read foo.txt"]), ("user-only", ["What is 2+2?"])],
)
def test_prompts_of_the_agent_are_what_the_person_typed(name: str, prompts: list[str]) -> None:
    one = session("cursor", f"{name}.jsonl")

    assert (name, prompts) == (one.external_id, said(one))


def test_a_hidden_thought_and_an_error_are_no_messages() -> None:
    one = session("cursor", "error-line.jsonl")

    assert ([("prompt", 0)], 1, 1) == (order(one), one.skipped["thinking"], one.skipped["record:error"])
    assert [] == sessions("cursor", "error-only.jsonl")


def test_in_what_an_agent_started_nobody_types(tmp_path: Path) -> None:
    bubbles = [{"type": 1, "bubbleId": "b", "text": "Look around."}, {"type": 2, "bubbleId": "a", "text": "seen"}]
    composer = {"composerId": "c", "conversation": bubbles, "subagentInfo": {"parentComposerId": "p"}}
    one = only(base(tmp_path / "state.vscdb", composerData__c=composer))

    assert ([("meta", 0), ("reply", 0)], "p") == (order(one), one.metadata["parent"])


def test_words_that_are_kept_as_rich_text_alone_are_read(tmp_path: Path) -> None:
    lines = [
        {"type": "paragraph", "children": [{"type": "text", "text": "see "}, {"type": "mention", "text": "@a.py"}]},
        {"type": "paragraph", "children": [{"type": "text", "text": "and fix it"}]},
    ]
    tree = json.dumps({"root": {"children": lines}})
    bubbles = [
        {"type": 1, "bubbleId": "b", "text": "", "richText": tree},
        {"type": 1, "bubbleId": "c", "richText": "{"},
    ]
    one = only(base(tmp_path / "state.vscdb", composerData__c={"composerId": "c", "conversation": bubbles}))

    assert (["see @a.py\nand fix it"], 1) == (said(one), one.skipped["empty"])


def test_what_stands_outside_of_the_agents_tags_is_no_prompt() -> None:
    texts = ["<user_query>\nfix it\n</user_query>", "<user_info>\nlinux\n</user_info>\n\n<rules>\nbrief\n</rules>"]
    lines = [{"role": "user", "message": {"content": [{"type": "text", "text": text}]}} for text in texts]
    [one] = read("\n".join(map(json.dumps, lines)).encode(), name="s.jsonl")

    assert [("prompt", "fix it"), ("meta", texts[1])] == [(message.kind, message.content) for message in one.messages]


def agents(*contents: list[dict[str, Any]]) -> Transcript:
    """Read an agent's session of these lines in the user's name."""
    lines = [{"role": "user", "message": {"content": content}} for content in contents]
    [one] = read("\n".join(map(json.dumps, lines)).encode(), name="s.jsonl")
    return one


@pytest.mark.parametrize(
    "late",
    [
        [{"type": "tool_result", "tool_use_id": "1", "content": "<user_query>\nquoted\n</user_query>"}],
        [{"type": "text", "text": "Why does the log show <user_query> here?"}],
        [{"type": "text", "text": "Why is this in the log?\n<user_query>\nquoted\n</user_query>"}],
    ],
)
def test_a_late_mention_of_the_tag_changes_no_prompt(late: list[dict[str, Any]]) -> None:
    one = agents([{"type": "text", "text": "We deploy on Mondays."}], late, [{"type": "text", "text": "Use pnpm."}])
    mention = [part["text"] for part in late if part["type"] == "text"]

    assert ["We deploy on Mondays.", *mention, "Use pnpm."] == said(one)


def test_context_before_the_first_tag_is_no_prompt() -> None:
    context = "<user_info>\nlinux\n</user_info>\n\n<rules>\nbrief\n</rules>"
    one = agents(
        [{"type": "text", "text": context}],
        [{"type": "text", "text": f"[Image]\n{context}\n<user_query>\nsay </user_query> twice\n</user_query>"}],
        [{"type": "text", "text": "Go on with the task."}],
    )

    assert ["say </user_query> twice"] == said(one)


def test_a_subagents_file_is_no_session() -> None:
    child = DATA / "cursor" / "subagent" / "subagents" / "child.jsonl"

    assert child not in paths_in("cursor", DATA / "cursor")
    assert [[]] == [read_back for _, read_back in read_path("cursor", child)]


def test_another_database_is_refused() -> None:
    with pytest.raises(Invalid):
        read((DATA / "zed" / "threads.db").read_bytes(), name="threads.db")


def test_another_file_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refusal:
        read(b'{"type":"user","uuid":"u","sessionId":"s"}\n', name="r.jsonl")

    assert "`ctx import claude-code` reads it." in refusal.value.detail


def test_databases_and_transcripts_are_found(tmp_path: Path) -> None:
    folders = (tmp_path / ".config/Cursor/User/globalStorage", tmp_path / ".cursor/projects/p/agent-transcripts/s")
    paths = [folder / name for folder, name in zip(folders, ("state.vscdb", "s.jsonl"), strict=True)]
    for path in paths:
        path.parent.mkdir(parents=True)
        path.touch()

    assert sorted(paths) == find(tmp_path, {}, "linux")
