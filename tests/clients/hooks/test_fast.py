"""The fast path: it notes, it never fails, and it loads nothing."""

import json
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from clients.hooks import fast
from tests.clients.hooks.conftest import Ring, notes, recorded

SAID = {"session_id": "s1", "transcript_path": "/t/s1.jsonl", "cwd": "/", "hook_event_name": "Stop"}


@pytest.mark.parametrize(("tool", "event", "said"), recorded(), ids=lambda value: str(value)[:24])
def test_every_recorded_event_leaves_a_note(ring: Ring, tool: str, event: str, said: dict[str, Any]) -> None:
    rung = ring(tool, event, said)

    [note] = rung.notes
    assert (0, b"", "") == (rung.code, rung.out, rung.err)
    assert {
        "tool": tool,
        "event": event,
        "session": said.get("session_id") or said["sessionId"],
        "transcript": said.get("transcript_path") or said.get("transcriptPath") or "",
        "cwd": said["cwd"],
    } == {name: value for name, value in note.items() if name != "at"}


def test_what_was_said_is_not_kept(ring: Ring, tmp_path: Path) -> None:
    ring("claude-code", "UserPromptSubmit", SAID | {"prompt": "my password is hunter2"})

    assert b"hunter2" not in b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


@pytest.mark.parametrize(
    ("content", "session"),
    [
        (b"", ""),
        (b"\x00\xff\xfe", ""),
        (b"[1, 2]", ""),
        (b"[" * 100_000, ""),
        (b'{"session_id": 7}', ""),
        (b'{"session_id": "s1", "cwd": "/", broken', "s1"),
        (b'{"session_id": "s1", "cwd": "/", "tool_response": "' + b"x" * 30_000_000 + b'"}', "s1"),
        (b'{"session_id": "../../etc/passwd", "cwd": "/"}', "../../etc/passwd"),
    ],
    ids=["empty", "binary", "array", "deep", "number", "broken", "long", "path"],
)
def test_whatever_comes_it_ends_well(ring: Ring, content: bytes, session: str) -> None:
    rung = ring("claude-code", "Stop", content)

    assert (0, b"", "") == (rung.code, rung.out, rung.err)
    assert [session] == [note["session"] for note in rung.notes]


def test_a_spool_that_cannot_be_written_stops_nobody(ring: Ring, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, where a folder should be")

    assert ring("claude-code", "Stop", SAID).code == 0


def test_a_full_disk_stops_nobody(environment: dict[str, str], tmp_path: Path) -> None:
    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    ended = subprocess.run(
        [sys.executable, "-m", "clients.cli.main", "hook", "claude-code", "Stop"],
        input=json.dumps(SAID).encode(),
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        preexec_fn=full,
        check=False,
    )

    assert (0, b"", b"") == (ended.returncode, ended.stdout, ended.stderr)
    assert [] == list((tmp_path / "home" / "spool").iterdir())


def test_a_tool_that_never_ends_its_event_is_left(environment: dict[str, str], tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "clients.cli.main", "hook", "claude-code", "Stop"],
        env=environment,
        cwd=tmp_path,
        stdin=subprocess.PIPE,
    ) as process:
        began = time.monotonic()

        assert process.wait(timeout=60) == 0
        assert time.monotonic() - began > 0.5


@pytest.mark.parametrize("arguments", [[], ["claude-code"]])
def test_called_wrong_it_still_ends_well(environment: dict[str, str], tmp_path: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "clients.cli.main", "hook", *arguments]

    ended = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, input=b"{}", check=False)

    assert (0, b"", b"") == (ended.returncode, ended.stdout, ended.stderr)


def test_it_loads_nothing_of_ours_and_nothing_heavy(environment: dict[str, str], tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "clients.cli.main", "hook", "claude-code", "SessionEnd"],
        input=json.dumps(SAID).encode(),
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in ended.stderr.decode().splitlines()}

    assert {"clients", "clients.cli", "clients.hooks", "clients.hooks.fast"} == {
        name for name in loaded if name.partition(".")[0] in {"clients", "contextfs"}
    }
    assert not loaded & {"msgspec", "typer", "httpx2", "subprocess", "typing", "pathlib", "sqlite3", "logging"}


def test_many_at_once_leave_whole_notes(ring: Ring, tmp_path: Path) -> None:
    def rung(number: int) -> int:
        return ring("codex", "Stop", SAID | {"session_id": f"s{number % 3}"}).code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(rung, range(16)))

    assert {0} == set(codes)
    assert ["s0", "s1", "s2"] == [note["session"] for note in notes(tmp_path / "home" / "spool")]


def test_an_event_without_a_transcript_keeps_the_one_that_is_known(ring: Ring) -> None:
    ring("copilot", "agentStop", {"sessionId": "s1", "cwd": "/", "transcriptPath": "/t/events.jsonl"})

    [note] = ring("copilot", "sessionEnd", {"sessionId": "s1", "cwd": "/"}).notes
    assert ("sessionEnd", "/t/events.jsonl") == (note["event"], note["transcript"])


def test_a_spool_has_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "MOST_SPOOLED", 2)

    for session in ("a", "b", "c", "a"):
        fast.note(str(tmp_path), "codex", "Stop", "/", SAID | {"session_id": session})

    assert ["a", "b"] == [note["session"] for note in notes(tmp_path)]


def test_in_a_folder_with_a_store_the_note_lies_there(ring: Ring, tmp_path: Path) -> None:
    below = tmp_path / "repository" / "src" / "deep"
    below.mkdir(parents=True)
    store = tmp_path / "repository" / ".contextfs"
    store.mkdir()
    (store / "config.toml").write_text("")

    rung = ring("claude-code", "Stop", SAID | {"cwd": str(below)}, spool=store / "local" / "spool")

    assert ["s1"] == [note["session"] for note in rung.notes]
    assert not hasattr(os, "geteuid") or (store / "local").stat().st_mode & 0o777 == 0o700


def test_a_store_that_is_switched_off_takes_no_notes(ring: Ring, tmp_path: Path) -> None:
    local = tmp_path / ".contextfs" / "local"
    local.mkdir(parents=True)
    (local.parent / "config.toml").write_text("")
    (local / "off").touch()

    rung = ring("claude-code", "Stop", SAID | {"cwd": str(tmp_path)})

    assert (0, []) == (rung.code, rung.notes)
    assert not (local / "spool").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights are told otherwise there")
def test_a_note_is_for_its_owner_alone(ring: Ring, tmp_path: Path) -> None:
    ring("claude-code", "Stop", SAID)

    [file] = (tmp_path / "home" / "spool").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_is_said_below_a_store_without_its_settings_is_not_noted_in_the_one_above(
    ring: Ring, tmp_path: Path
) -> None:
    below = tmp_path / "repository" / "packages" / "api"
    (below / ".contextfs" / "memories").mkdir(parents=True)
    above = tmp_path / "repository" / ".contextfs"
    above.mkdir()
    (above / "config.toml").write_text("")

    rung = ring("claude-code", "Stop", SAID | {"cwd": str(below)})

    assert (0, ["s1"]) == (rung.code, [note["session"] for note in rung.notes])  # for the store once it is whole
    assert not (above / "local").exists()


def test_in_a_folder_that_is_gone_it_is_noted_all_the_same(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    said = json.dumps({name: value for name, value in SAID.items() if name != "cwd"})
    code = f"import os, sys; os.rmdir({str(folder)!r}); sys.argv = ['ctx', 'hook', 'claude-code', 'Stop']; "

    ended = subprocess.run(
        [sys.executable, "-c", f"{code}from clients.cli.main import main; main()"],
        input=said.encode(),
        env=environment,
        cwd=folder,
        capture_output=True,
        check=False,
    )

    assert (0, b"", b"") == (ended.returncode, ended.stdout, ended.stderr)
    assert ["s1"] == [note["session"] for note in notes(tmp_path / "home" / "spool")]
