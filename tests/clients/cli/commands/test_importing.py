"""`ctx import`: everything once, whatever the files hold."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from clients.cli.taking import report
from clients.cli.taking.reading import Tally
from contextfs.client import ContextFS
from tests.clients.cli.conftest import Ctx

SESSION = "503d3276-fd1c-4a5a-b232-97277af3f672.jsonl"


@pytest.fixture
def transcripts(repository: Path) -> Path:
    """Give the folder of transcripts that tests read."""
    return repository / "tests" / "data" / "transcripts"


def test_a_folder_is_imported_once(program: Ctx, client: ContextFS, transcripts: Path) -> None:
    first = program("import", "claude-code", transcripts / "claude-code", "--json")
    second = program("import", "claude-code", transcripts / "claude-code", "--json")

    assert (0, 0) == (first.code, second.code)
    sessions, messages = first.json["sessions"]["new"], first.json["messages"]["stored"]
    assert {"new": 0, "grown": 0, "unchanged": sessions} == second.json["sessions"]
    assert {"stored": 0, "duplicates": messages, "revised": 0} == second.json["messages"]
    stored = list(client.sessions.list())
    assert (sessions, messages) == (len(stored), sum(session.message_count for session in stored))
    assert {"completed"} == {session.status for session in stored}


def test_the_summary_is_for_people(ctx: Ctx, transcripts: Path) -> None:
    told = ctx("import", "claude-code", transcripts / "claude-code" / SESSION)

    assert told.code == 0
    assert "1 session from 1 file into first" in told.out
    assert "sessions  1 new, 0 grown, 0 unchanged" in told.out
    assert "\x1b" not in told.out


def test_a_session_that_went_on_grows(ctx: Ctx, client: ContextFS, transcripts: Path, tmp_path: Path) -> None:
    copy = tmp_path / SESSION
    shutil.copy(transcripts / "claude-code" / SESSION, copy)
    ctx("import", "claude-code", copy)
    last = json.loads(copy.read_text().strip().rsplit("\n", 1)[-1])
    grown = {**last, "type": "user", "uuid": "7a1c", "parentUuid": last["uuid"], "message": {"content": "And now?"}}
    with copy.open("a") as file:
        file.write(json.dumps(grown) + "\n")

    told = ctx("import", "claude-code", copy, "--json").json

    assert {"new": 0, "grown": 1, "unchanged": 0} == told["sessions"]
    assert told["messages"]["stored"] == 1
    session = next(iter(client.sessions.list()))
    assert "And now?" in [message.content for message in client.sessions.messages(session.id)]
    assert copy.read_text().splitlines() == list(client.sessions.record_lines(session.id))
    assert copy.read_text() == ctx("sessions", "record", str(session.id)).out


def test_one_bad_file_is_one_line_and_the_rest_goes_on(program: Ctx, transcripts: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    shutil.copy(transcripts / "claude-code" / SESSION, folder)
    (folder / "broken.jsonl").write_text('{"role": "user", "message": {"content": []}}\n')
    (folder / "empty.jsonl").write_text("")

    told = program("import", "claude-code", folder)

    assert told.code == 1
    assert "1 new" in told.out
    assert "empty.jsonl: no conversation in it" in told.out
    failures = [line for line in told.err.splitlines() if line.startswith("ctx: ")]
    assert len(failures) == 1
    assert "broken.jsonl" in failures[0]


def test_a_dry_run_shows_everything_and_stores_nothing(ctx: Ctx, client: ContextFS, transcripts: Path) -> None:
    told = ctx("import", "claude-code", transcripts / "claude-code" / SESSION, "--dry-run", CONTEXTFS_URL="")
    seen = ctx("import", "claude-code", transcripts / "claude-code" / SESSION, "--dry-run", "--json").json

    assert "Use RS256 for JWT signing" in told.out
    assert "Nothing was stored." in told.out
    assert "list the files please" in [message["content"] for message in seen["conversations"][0]["messages"]]
    assert [] == list(client.sessions.list())


@pytest.mark.parametrize(
    ("tool", "path"),
    [
        ("chatgpt", "chatgpt/conversations.json"),
        ("specstory", "specstory/2026-01-12_15-08-38Z-update-our-docs-to.md"),
        *((tool, tool) for tool in ("aider", "codex", "copilot-chat", "cursor", "gemini", "opencode", "zed")),
    ],
)
def test_other_tools_are_imported_once_too(
    ctx: Ctx, client: ContextFS, transcripts: Path, tool: str, path: str
) -> None:
    first = ctx("import", tool, transcripts / path, "--json").json
    second = ctx("import", tool, transcripts / path, "--json").json

    assert first["sessions"]["new"] > 0
    assert (0, 0) == (second["sessions"]["new"], second["messages"]["stored"])
    assert {tool} == {session.tool for session in client.sessions.list()}


@pytest.mark.parametrize("tool", ["aider", "claude-code", "codex", "continue", "copilot-chat", "gemini", "opencode"])
def test_the_stored_order_is_that_of_the_conversation(
    ctx: Ctx, client: ContextFS, transcripts: Path, tool: str
) -> None:
    told = ctx("import", tool, transcripts / tool, "--dry-run", "--json").json["conversations"]
    ctx("import", tool, transcripts / tool)
    stored = {session.external_id: list(client.sessions.messages(session.id)) for session in client.sessions.list()}
    expected = {one["external_id"]: [message["external_id"] for message in one["messages"]] for one in told}

    assert expected == {name: [message.external_id for message in messages] for name, messages in stored.items()}


def test_the_project_is_named(ctx: Ctx, client: ContextFS, transcripts: Path) -> None:
    project = client.projects.create("ferry")
    told = ctx("import", "claude-code", transcripts / "claude-code" / SESSION, "--project", "ferry", "--tag", "old")

    assert "into ferry" in told.out
    assert [["old"]] == [session.tags for session in client.sessions.list(project_id=project.id)]


def test_a_project_that_is_not_there_is_told_with_those_that_are(ctx: Ctx, transcripts: Path) -> None:
    told = ctx("import", "claude-code", transcripts / "claude-code" / SESSION, "--project", "submarine")

    assert told.code == 3
    assert "there are: first" in told.err


def test_secrets_are_taken_out_and_counted(ctx: Ctx, client: ContextFS, tmp_path: Path) -> None:
    line = {
        "type": "user",
        "sessionId": "s-1",
        "uuid": "u-1",
        "parentUuid": None,
        "timestamp": "2026-11-20T10:00:00Z",
        "message": {"role": "user", "content": "My token is ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8."},
    }
    (tmp_path / "s.jsonl").write_text(json.dumps(line) + "\n")

    told = ctx("import", "claude-code", tmp_path / "s.jsonl")
    session = next(iter(client.sessions.list()))

    assert "taken out before storing" in told.out
    assert "ghp_" not in (session.title or "")
    assert "ghp_" not in next(iter(client.sessions.messages(session.id))).content


def test_without_a_path_the_own_folder_of_the_tool_is_read(ctx: Ctx, transcripts: Path, tmp_path: Path) -> None:
    folder = tmp_path / ".claude" / "projects" / "-home-ana-tern"
    folder.mkdir(parents=True)
    shutil.copy(transcripts / "claude-code" / SESSION, folder)

    assert ctx("import", "claude-code", "--json", CLAUDE_CONFIG_DIR="").json["sessions"]["new"] == 1


def test_without_a_path_and_without_a_folder_the_cure_is_told(ctx: Ctx) -> None:
    told = ctx("import", "claude-code", CLAUDE_CONFIG_DIR="", XDG_CONFIG_HOME="")

    assert told.code == 3
    assert "name a file or a folder" in told.err


def test_a_server_that_is_away_stops_the_import_at_once(ctx: Ctx, transcripts: Path) -> None:
    told = ctx("import", "claude-code", transcripts / "claude-code", CONTEXTFS_URL="http://127.0.0.1:9")

    assert (6, 1) == (told.code, told.err.count("\n"))


def test_every_tool_that_left_something_is_imported(
    ctx: Ctx, client: ContextFS, transcripts: Path, tmp_path: Path
) -> None:
    for folder, sample in (
        (".claude/projects/-home-ana-tern", f"claude-code/{SESSION}"),
        (".copilot/session-state/s", "copilot/190aba8c-f25b-4097-963c-d2153e346681/events.jsonl"),
    ):
        (tmp_path / folder).mkdir(parents=True)
        shutil.copy(transcripts / sample, tmp_path / folder)

    nowhere = {"CLAUDE_CONFIG_DIR": "", "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": "", "PWD": str(tmp_path)}
    told = ctx("import", "--all", "--json", **nowhere)

    assert told.json["sessions"]["new"] == 2
    assert {"claude-code", "copilot"} == {session.tool for session in client.sessions.list()}


def test_a_tool_and_all_of_them_is_a_misuse(ctx: Ctx) -> None:
    assert ctx("import", "codex", "--all").code == 2


def test_another_tools_file_is_one_line_that_names_the_tool(ctx: Ctx, transcripts: Path) -> None:
    told = ctx("import", "gemini", transcripts / "codex" / "standard_session.jsonl", "--dry-run")

    assert told.code == 1
    assert "it looks like a Codex session; `ctx import codex` reads it." in told.err


def test_in_a_folder_with_a_store_they_come_into_it(ctx: Ctx, client: ContextFS, transcripts: Path) -> None:
    ctx("init")
    first = ctx("import", "claude-code", transcripts / "claude-code", "--json").json
    again = ctx("import", "claude-code", transcripts / "claude-code")
    there = ctx("import", "claude-code", transcripts / "claude-code" / SESSION, "--server", "--json").json

    assert (first["sessions"]["new"], first["learned"] > 0, first["messages"]["duplicates"]) == (8, True, 0)
    assert "0 new, 0 grown, 8 unchanged" in again.out
    assert (there["sessions"]["new"], len(list(client.sessions.list()))) == (1, 1)
    assert len(ctx("sessions", "list", "--json").json) == 8


def test_a_project_is_of_the_server(ctx: Ctx, client: ContextFS, transcripts: Path) -> None:
    ctx("init")
    ctx("import", "claude-code", transcripts / "claude-code" / SESSION, "--project", "first")

    assert (len(list(client.sessions.list())), ctx("sessions", "list", "--json").json) == (1, [])


def test_a_store_takes_in_what_is_about_its_repository(ctx: Ctx, transcripts: Path, tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "tern", tmp_path / "other"
    for folder in (here, elsewhere):
        folder.mkdir()
        at_tool = tmp_path / ".claude/projects" / str(folder).replace("/", "-").replace("_", "-")
        at_tool.mkdir(parents=True)
        text = (transcripts / "claude-code" / SESSION).read_text()
        named = text.replace("/home/dev/cfs/proj/demo", str(folder)).replace(SESSION[:-6], folder.name)
        (at_tool / f"{folder.name}.jsonl").write_text(named)
    offered = ctx("init", here, CLAUDE_CONFIG_DIR="").out
    init = ctx("init", here, "--import", "--json", CLAUDE_CONFIG_DIR="")
    brought = ctx("init", here, CLAUDE_CONFIG_DIR="").out
    kept = tmp_path / ".claude/projects" / str(here).replace("/", "-").replace("_", "-")
    later = time.time() + 60
    os.utime(kept / "tern.jsonl", (later, later))
    changed = ctx("init", here, CLAUDE_CONFIG_DIR="").out
    os.utime(kept / "tern.jsonl", (0, 0))
    (kept / "more.jsonl").write_text((kept / "tern.jsonl").read_text().replace('"tern"', '"more"'))
    more = ctx("init", here, CLAUDE_CONFIG_DIR="").out

    assert (init.code, init.json["imported"]["sessions"]) == (0, {"new": 1, "grown": 0, "unchanged": 0})
    assert "Import them, without secrets, private to you: ctx init --import" in offered
    assert ("imported already" in brought, "ctx init --import" in brought) == (True, False)
    assert "ctx init --import" in changed
    assert "Import what is new, without secrets, private to you: ctx init --import" in more


def test_a_dry_run_in_a_store_stores_nothing(ctx: Ctx, transcripts: Path) -> None:
    ctx("init")

    assert "Nothing was stored." in ctx("import", "claude-code", transcripts / "claude-code", "--dry-run").out
    assert ctx("sessions", "list", "--json").json == []


def test_one_bad_file_does_not_keep_the_rest_out_of_a_store(ctx: Ctx, transcripts: Path, tmp_path: Path) -> None:
    ctx("init")
    folder = tmp_path / "sessions"
    folder.mkdir()
    shutil.copy(transcripts / "claude-code" / SESSION, folder)
    (folder / "broken.jsonl").write_text('{"role": "user", "message": {"content": []}}\n')
    told = ctx("import", "claude-code", folder)

    assert (told.code, "1 new" in told.out, "broken.jsonl" in told.err) == (1, True, True)


def test_what_is_left_out_is_counted_and_a_file_is_named_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = Tally(failed=[(str(tmp_path / "x"), f"{tmp_path}/x was written by another tool.")])
    tally.skipped_records["progress:hook"] += 1

    report.rehearsal(tally)

    told = capsys.readouterr()
    assert f"ctx: {tmp_path}/x was written by another tool.\n" == told.err
    assert "1 record that is no message: 1 progress" in told.out


@pytest.mark.parametrize("first", [0, 1])
def test_what_cursor_tells_twice_goes_on_as_a_server_kept_it_first(
    ctx: Ctx, client: ContextFS, transcripts: Path, tmp_path: Path, first: int
) -> None:
    transcript = tmp_path / "de0a37b0-48b8-f096-d912-62f06e6a9066.jsonl"  # a conversation of the database's
    shutil.copy(transcripts / "cursor" / "small.jsonl", transcript)
    files = [transcripts / "cursor" / "state.vscdb", transcript]
    ctx("import", "cursor", files[first])
    before = {session.id: session.message_count for session in client.sessions.list()}

    told = ctx("import", "cursor", files[not first], "--json")

    after = {session.id: session.message_count for session in client.sessions.list()}
    assert 0 == told.code
    assert ["kept as Cursor's other record" in one["reason"] for one in told.json["skipped_files"]] == [True]
    assert before == {name: after[name] for name in before}


def test_files_that_fail_alike_are_one_line_with_what_to_try(ctx: Ctx, transcripts: Path, tmp_path: Path) -> None:
    ctx("init")
    folder = tmp_path / "wrong"
    folder.mkdir()
    for number in range(40):
        shutil.copy(transcripts / "claude-code" / SESSION, folder / f"{number:02}.jsonl")
    (folder / "other.jsonl").write_text('{"neither": "this nor that"}\n')

    told = ctx("import", "codex", folder)

    lines = [line for line in told.err.splitlines() if line.startswith("ctx: ")]
    assert (told.code, len(lines)) == (1, 2)
    assert "`ctx import claude-code` reads it. (and 39 other files alike; --json lists them)" in "\n".join(lines)
    assert any("other.jsonl" in line and "other file" not in line for line in lines)
    assert len(ctx("import", "codex", folder, "--json").json["failed"]) == 41
