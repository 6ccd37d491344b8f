"""Large files: what is read in pieces is what would be read whole, and memory does not grow with it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contextfs.adapters.transcripts import assembly, files, read_path, reader, view
from contextfs.adapters.transcripts.jsonl import LEFT_OUT
from contextfs.adapters.transcripts.model import Transcript
from tests.contextfs.adapters.transcripts.samples import files_of, sessions

PEAK = """
import resource, sys
from pathlib import Path

def peak():  # in kilobytes; on Linux `ru_maxrss` is at least what the process had that started this one
    if sys.platform == "linux":
        return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)

from contextfs.adapters.transcripts import read_path
[(_, [one])] = read_path(sys.argv[1], Path(sys.argv[2]))
assert len(one.messages) == sum(bool(message.content) for message in one.messages)
print(peak())
"""


KEEP = """
from contextfs.adapters.transcripts import kept, reader
of_tool = reader(sys.argv[1])
print(sum(len(line) for _, lines in kept.parts(of_tool, Path(sys.argv[2])) for line in lines))
assert peak() < 150_000
"""


@pytest.mark.parametrize("tool", ["claude-code", "codex"])
def test_a_file_that_is_viewed_reads_like_one_that_is_read(tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sessions(tool)
    monkeypatch.setattr(files, "LARGE_BYTES", 1)
    monkeypatch.setattr(view, "_KEPT_BYTES", 1_000)

    assert whole == sessions(tool)


@pytest.mark.parametrize("tool", ["claude-code", "codex", "cursor", "gemini"])
def test_a_conversation_in_a_file_is_the_one_in_memory(tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = sessions(tool)
    monkeypatch.setattr(assembly, "MOST_IN_MEMORY", 20)
    put_away = sessions(tool)

    assert kept == put_away
    for one, other in zip(kept, put_away, strict=True):
        assert list(one.messages) == [other.messages[n] for n in range(len(other.messages))]
        assert tuple(one.messages[1:]) == tuple(other.messages[1:])
        assert one.messages[-1] == other.messages[-1]


def test_a_file_that_is_empty_or_away_is_no_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGE_BYTES", 0)
    (tmp_path / "empty.jsonl").touch()
    [(_, result)] = read_path("claude-code", tmp_path)

    assert not isinstance(result, list)
    assert "\n" not in result.detail


def test_another_tools_large_file_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGE_BYTES", 1)
    [(_, result)] = read_path("claude-code", files_of("codex")[0])

    assert not isinstance(result, list)
    assert "`ctx import codex` reads it." in result.detail


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["claude-code", "codex"])
def test_memory_stays_flat(tool: str, tmp_path: Path) -> None:
    path = tmp_path / "rollout-large.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for n in range(100_000):
            file.write(json.dumps(claude(n) if tool == "claude-code" else codex(n)) + "\n")
    done = subprocess.run(
        [sys.executable, "-c", PEAK, tool, path], capture_output=True, check=True, text=True, cwd="shared"
    )

    assert path.stat().st_size > 300_000_000
    assert int(done.stdout) < 150_000


@pytest.mark.parametrize("tool", ["claude-code", "codex"])
def test_a_line_that_nobody_reads_takes_no_memory(tool: str, tmp_path: Path) -> None:
    path = tmp_path / "rollout-long.jsonl"
    line = claude if tool == "claude-code" else codex
    with path.open("wb") as file:
        file.write(json.dumps(line(0)).encode() + b'\n{"type":"user","message":"')
        for _ in range(300):
            file.write(b"x" * (1 << 20))
        file.write(b'"}\n' + json.dumps(line(1)).encode() + b"\n")
    done = subprocess.run(
        [sys.executable, "-c", PEAK + KEEP, tool, path], capture_output=True, check=True, text=True, cwd="shared"
    )
    peak, kept = done.stdout.split()

    assert int(peak) < 150_000
    assert int(kept) < 20_000


def test_a_line_that_was_left_out_is_counted_as_such_when_its_file_is_read_again() -> None:
    data = b"\n".join([json.dumps(claude(0)).encode(), LEFT_OUT % 99, json.dumps(claude(1)).encode()])
    [one] = reader("claude-code").read(data, name="s.jsonl")

    assert (2, {"oversized_line": 1}) == (len(one.messages), one.skipped)


def test_what_stands_on_a_border_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "_KEPT_BYTES", 4)
    path = tmp_path / "f"
    whole = b"aaaaabcaaaaaaaaabc"
    path.write_bytes(whole)
    with view.viewed(path) as data:
        found = [data.find(b"abc", start) for start in range(len(whole))]

    assert [whole.find(b"abc", start) for start in range(len(whole))] == found


def claude(n: int) -> dict[str, Any]:
    """Make a line of Claude Code."""
    message = {"role": "user", "content": f"{n} " + "word " * 600}
    return {
        "type": "user",
        "uuid": f"u{n}",
        "parentUuid": f"u{n - 1}" if n else None,
        "sessionId": "s",
        "message": message,
    }


def codex(n: int) -> dict[str, Any]:
    """Make a line of Codex."""
    content = [{"type": "input_text", "text": f"{n} " + "word " * 600}]
    return {"type": "response_item", "payload": {"type": "message", "role": "user", "content": content, "id": f"m{n}"}}


def test_a_transcript_knows_its_dates_and_models_in_either_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(one: Transcript) -> tuple[Any, ...]:
        return one.started_at, one.ended_at, one.model, one.title

    kept = [told(one) for one in sessions("codex")]
    monkeypatch.setattr(assembly, "MOST_IN_MEMORY", 0)

    assert kept == [told(one) for one in sessions("codex")]
