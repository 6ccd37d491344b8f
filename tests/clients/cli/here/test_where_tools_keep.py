"""`ctx import TOOL`, in a store and without a path, finds what that tool keeps where it keeps it: on real files."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from contextfs.local.setup.transcripts import FINDERS
from tests.clients.cli.here.folder import Folder, folder
from tests.contextfs.adapters.transcripts.cursor.test_chats import ID, chat
from tests.house.source import ROOT

SAMPLES = ROOT / "tests" / "data" / "transcripts"
THERE = b"/home/dev/cfs/proj/demo"
"""Where the samples were made."""
CODE_USER, CURSOR_USER = ".config/Code/User", ".config/Cursor/User"
COMPOSER = "de0a37b0-48b8-f096-d912-62f06e6a9066"
TASK = [
    {"role": "user", "content": [{"type": "text", "text": "<task>\nWhich port?\n</task>"}]},
    {"role": "assistant", "content": [{"type": "text", "text": "8443."}]},
]


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Give a folder with an empty store, and a home with nothing in it."""
    return folder(tmp_path / "r", git=False)


def home(here: Folder) -> Path:
    return here.root.parent / "home"


def put(here: Folder, sample: str, target: str) -> Path:
    """Put a tool's file, or folder of files, where the tool keeps it, as one about this repository."""
    to = home(here) / target if not target.startswith("./") else here.root / target
    to.parent.mkdir(parents=True, exist_ok=True)
    copy = shutil.copytree if (SAMPLES / sample).is_dir() else shutil.copy
    copy(SAMPLES / sample, to)
    for file in [to] if to.is_file() else [one for one in to.rglob("*") if one.is_file()]:
        file.write_bytes(file.read_bytes().replace(THERE, str(here.root).encode()))
    return to


def claude_code(here: Folder) -> None:
    name = "ac39b038-bb22-48ad-989f-e1968252725f.jsonl"
    put(here, f"claude-code/{name}", f".claude/projects/{re.sub('[^a-zA-Z0-9]', '-', str(here.root))}/{name}")


def codex(here: Folder) -> None:
    name = "rollout-2026-11-22T21-54-01-01a20540-7b7f-7a83-be5d-cfc61a0f0eaa.jsonl"
    put(here, f"codex/{name}", f".codex/sessions/2026/11/22/{name}")


def gemini(here: Folder) -> None:
    (put(here, "gemini/demo", ".gemini/tmp/demo") / ".project_root").write_text(str(here.root))


def gemini_checkpoint(here: Folder) -> None:
    said = [{"role": "user", "parts": [{"text": "Which port?"}]}, {"role": "model", "parts": [{"text": "8443."}]}]
    kept = home(here) / ".gemini/tmp/demo/checkpoint-port.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps({"history": said}))
    kept.with_name(".project_root").write_text(str(here.root))


def copilot(here: Folder) -> None:
    name = "190aba8c-f25b-4097-963c-d2153e346681"
    put(here, f"copilot/{name}", f".copilot/session-state/{name}")


def copilot_chat(here: Folder) -> None:
    kept = put(here, "copilot-chat/demo", f"{CODE_USER}/workspaceStorage/demo")
    (kept / "workspace.json").write_text(json.dumps({"folder": here.root.as_uri()}))


def continue_(here: Folder) -> None:
    kept = put(here, "continue", ".continue/sessions")
    listed = json.loads((kept / "sessions.json").read_text())
    (kept / "sessions.json").write_text(
        json.dumps([one | {"workspaceDirectory": here.root.as_uri()} for one in listed])
    )


def cline(here: Folder) -> None:
    name = "1795384565288_kgzbo"
    put(here, f"cline/{name}", f".cline/data/sessions/{name}")


def cline_in_an_editor(here: Folder) -> None:
    said = {"type": "text", "text": f"# Current Working Directory ({here.root}) Files\na.py"}
    for extension, told in (("saoudrizwan.claude-dev", [said]), ("rooveterinaryinc.roo-cline", [])):
        file = home(here) / f"{CODE_USER}/globalStorage/{extension}/tasks/1795384575154/api_conversation_history.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps([{"role": "user", "content": [*TASK[0]["content"], *told]}, TASK[1]]))


def aider(here: Folder) -> None:
    put(here, "aider/aider.chat.history.md", "./.aider.chat.history.md")


def specstory(here: Folder) -> None:
    name = "2026-01-12_15-08-38Z-update-our-docs-to.md"
    put(here, f"specstory/{name}", f"./.specstory/history/{name}")


def cursor(here: Folder, folder_of_composer: str = "") -> None:
    """Put the editor's database there, in which a conversation names its folder, or none."""
    base = sqlite3.connect(put(here, "cursor/state.vscdb", f"{CURSOR_USER}/globalStorage/state.vscdb"))
    where = {"uri": {"fsPath": folder_of_composer or str(here.root)}} if folder_of_composer != "none" else None
    base.execute(
        "update cursorDiskKV set value = json_set(value, '$.workspaceIdentifier', json(?)) where key = ?",
        (json.dumps(where), f"composerData:{COMPOSER}"),
    )
    base.commit()
    base.close()


def cursor_named_by_its_workspace(here: Folder) -> None:
    cursor(here, "none")
    kept = home(here) / CURSOR_USER / "workspaceStorage" / "1"
    kept.mkdir(parents=True)
    (kept / "workspace.json").write_text(json.dumps({"folder": here.root.as_uri()}))
    base = sqlite3.connect(kept / "state.vscdb")
    base.execute("create table ItemTable (key text, value blob)")
    listed = {"allComposers": [{"composerId": COMPOSER}]}
    base.execute("insert into ItemTable values ('composer.composerData', ?)", (json.dumps(listed),))
    base.commit()
    base.close()


def cursor_chat(here: Folder) -> None:
    chat(home(here) / f".cursor/chats/1/{ID}/store.db", workspace=here.root.as_uri())


def cursor_chat_with_its_folder_beside(here: Folder) -> None:
    kept = chat(home(here) / f".cursor/chats/1/{ID}/store.db")
    kept.with_name("meta.json").write_text(json.dumps({"cwd": str(here.root)}))


def cursor_transcript(here: Folder, below: str = "", name: str = COMPOSER) -> Path:
    """Put a transcript there, of a conversation in a folder of the repository."""
    coded = re.sub("[^a-zA-Z0-9]+", "-", str(here.root / below)).strip("-")
    return put(here, "cursor/small.jsonl", f".cursor/projects/{coded}/agent-transcripts/{name}/{name}.jsonl")


def cursor_chat_below(here: Folder) -> None:
    chat(home(here) / f".cursor/chats/1/{ID}/store.db", workspace=(here.root / "packages/api").as_uri())
    cursor_transcript(here, "packages/api", ID)


def cursor_below(here: Folder) -> None:
    cursor(here, str(here.root / "packages/api"))
    cursor_transcript(here, "packages/api")


def cursor_with_an_empty_transcript(here: Folder) -> None:
    cursor(here)
    cursor_transcript(here).write_text('{"type":"turn_ended","status":"success"}\n')


def cursor_told_twice(here: Folder) -> None:
    cursor(here)
    cursor_transcript(here)


KEPT: dict[str, list[Callable[[Folder], object]]] = {
    "claude-code": [claude_code],
    "codex": [codex],
    "gemini": [gemini, gemini_checkpoint],
    "copilot": [copilot],
    "copilot-chat": [copilot_chat],
    "continue": [continue_],
    "cline": [cline, cline_in_an_editor],
    "aider": [aider],
    "specstory": [specstory],
    "cursor": [
        *(cursor, cursor_named_by_its_workspace, cursor_chat, cursor_chat_with_its_folder_beside),
        *(cursor_transcript, cursor_told_twice, cursor_chat_below, cursor_below, cursor_with_an_empty_transcript),
    ],
}
TOLD_ONCE = {cline_in_an_editor, cursor_told_twice, cursor_chat_below, cursor_below}


def test_every_tool_that_is_found_is_tried() -> None:
    assert {*FINDERS} == {*KEPT, "opencode", "zed"}  # these two: test_import_databases.py


@pytest.mark.parametrize(("tool", "keep"), [(tool, one) for tool, ways in KEPT.items() for one in ways])
def test_what_a_tool_keeps_about_a_repository_comes_into_its_store(
    here: Folder, tool: str, keep: Callable[[Folder], object]
) -> None:
    keep(here)

    first = here.ctx("import", tool, "--json")
    again = here.ctx("import", tool, "--json")

    assert (first.code, again.code) == (0, 0), first.err
    assert first.json["sessions"]["new"] > 0
    assert first.json["sessions"]["new"] == 1 or keep not in TOLD_ONCE
    assert again.json["messages"]["stored"] == 0
    assert again.json["sessions"]["unchanged"] == first.json["sessions"]["new"]
    [shown] = here.ctx("sessions", "list", "--json", "--limit", "1").json
    assert shown["tool"] == tool


@pytest.mark.parametrize(("first", "then"), [(cursor, cursor_transcript), (cursor_transcript, cursor)])
def test_what_cursor_tells_twice_stays_as_it_was_kept_first(
    here: Folder, first: Callable[[Folder], object], then: Callable[[Folder], object]
) -> None:
    first(here)
    here.ctx("import", "cursor")
    then(here)

    again = here.ctx("import", "cursor", "--json")

    assert again.code == 0, again.err
    assert (0, 0) == (again.json["sessions"]["new"], again.json["messages"]["stored"])
    assert again.json["sessions"]["unchanged"] == 1  # the form that is kept is read on


def test_what_another_repositorys_conversations_say_does_not(here: Folder) -> None:
    cursor(here, "/home/ann/other")
    chat(home(here) / f".cursor/chats/1/{ID}/store.db", workspace="file:///home/ann/other")

    assert here.ctx("import", "cursor").code == 3


def test_what_was_had_in_a_folder_of_another_machine_does_not(here: Folder) -> None:
    cursor(here)
    base = sqlite3.connect(home(here) / CURSOR_USER / "globalStorage/state.vscdb")
    far = {"fsPath": str(here.root), "path": str(here.root), "scheme": "vscode-remote", "authority": "ssh-remote+big"}
    base.execute(
        "update cursorDiskKV set value = json_set(value, '$.workspaceIdentifier', json(?)) where key = ?",
        (json.dumps({"uri": far}), f"composerData:{COMPOSER}"),
    )
    base.commit()
    base.close()

    assert here.ctx("import", "cursor").code == 3


def test_of_what_a_link_leads_to_a_folder_with_a_like_name_has_no_part(here: Folder) -> None:
    link = here.root.parent / "by-link"
    link.symlink_to(here.root)
    cursor(here, str(here.root) + "2")
    none = here.ctx("import", "cursor").code
    cursor(here, str(link))

    assert (3, 0) == (none, here.ctx("import", "cursor").code)
