"""Readers by name, whole folders, and faults of single files."""

import subprocess
import sys
from pathlib import Path

import pytest

from contextfs.adapters.transcripts import READERS, files, found, paths_in, read_path, reader, version
from contextfs.kit.errors import BadInput, Invalid, NotFound, TooLarge

DATA = Path(__file__).parents[3] / "data" / "transcripts"
PROMPT = b'{"type":"user","sessionId":"s","message":{"content":"hi"}}\n'


@pytest.mark.parametrize("tool", READERS)
def test_every_reader_reads_its_samples(tool: str) -> None:
    read = [result for _, result in read_path(tool, DATA / tool) if isinstance(result, list) and result]

    assert {tool} == {session.tool for sessions in read for session in sessions}


@pytest.mark.parametrize("tool", READERS)
def test_every_reader_gives_nothing_for_nothing(tool: str) -> None:
    expected = []

    assert expected == reader(tool).read(b"", name="empty")


def test_an_unknown_tool_is_named() -> None:
    with pytest.raises(NotFound) as refusal:
        reader("emacs")
    expected = f"No reader is called 'emacs'; there are {', '.join(READERS)}."

    assert expected == refusal.value.detail


def test_one_faulty_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"no json\n")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.jsonl").write_bytes(PROMPT)
    (tmp_path / "c.jsonl").touch()

    kinds = [
        (path.name, type(result).__name__ if isinstance(result, Invalid) else len(result))
        for path, result in read_path("claude-code", tmp_path)
        if isinstance(result, list | Invalid)
    ]
    expected = [("a.jsonl", "Invalid"), ("c.jsonl", 0), ("b.jsonl", 1)]

    assert expected == kinds


def test_a_single_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "copy.txt"
    path.write_bytes(PROMPT)

    assert [path] == [found for found, _ in read_path("claude-code", path)]


def test_a_missing_path_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        list(read_path("claude-code", tmp_path / "nowhere"))


def test_a_linked_folder_is_not_walked_twice(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_bytes(PROMPT)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)

    assert [tmp_path / "s.jsonl"] == list(files.walk(tmp_path, ("*.jsonl",)))


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big"
    path.write_bytes(b"12345")

    with pytest.raises(TooLarge):
        files.read(path, limit=4)


def test_a_folder_is_not_read_as_a_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        files.read(tmp_path)


def test_naming_the_readers_loads_none_of_them() -> None:
    code = "import sys, contextfs.adapters.transcripts as t; print([m for m in t.READERS.values() if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        text=True,
        cwd=Path(__file__).parents[4] / "shared",
    )
    expected = "[]"

    assert expected == done.stdout.strip()


def test_every_tool_that_left_something_is_found(tmp_path: Path) -> None:
    paths = [tmp_path / ".codex/sessions/2026/01/01/rollout-1.jsonl", tmp_path / ".claude/projects/-w/s.jsonl"]
    for path in paths:
        path.parent.mkdir(parents=True)
        path.touch()

    assert {"claude-code": [paths[1]], "codex": [paths[0]]} == found(tmp_path, {}, "linux")


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_a_machine_without_any_tool_has_nothing(tmp_path: Path, platform: str) -> None:
    assert {} == found(tmp_path, {"USERPROFILE": str(tmp_path), "PWD": str(tmp_path)}, platform)


def test_a_subagents_file_beside_the_sessions_is_left_alone(tmp_path: Path) -> None:
    for name in ("agent-1.jsonl", "s.jsonl"):
        (tmp_path / name).write_bytes(PROMPT)

    assert [tmp_path / "s.jsonl"] == paths_in("claude-code", tmp_path)


def test_a_session_tells_its_file_and_the_version_of_its_reader(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_bytes(PROMPT)
    [(_, result)] = read_path("claude-code", tmp_path)

    assert isinstance(result, list)
    assert {"file": str(tmp_path / "s.jsonl"), "reader": version("claude-code")} == result[0].metadata
