"""Transcripts are read after the hook rang: all of them, once, by one process."""

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from clients.hooks.reconcile import LOCK
from contextfs.kit.fence import FENCE
from contextfs.local.sync.alone import alone
from tests.clients.hooks.conftest import Ctx, Ring
from tests.house.source import ROOT


def line(number: int, role: str, text: str, folder: Path, **more: Any) -> str:
    """Write a line of a transcript as Claude Code does."""
    return json.dumps(
        {
            "type": role,
            "uuid": f"00000000-0000-4000-8000-{number:012}",
            "parentUuid": f"00000000-0000-4000-8000-{number - 1:012}" if number else None,
            "sessionId": "s1",
            "timestamp": f"2026-11-20T10:00:{number:02}.000Z",
            "cwd": str(folder),
            "version": "2.1.330",
            "message": {"role": role, "content": text},
        }
        | more
    )


@pytest.fixture
def transcript(repository: Path, tmp_path: Path) -> Path:
    """Give a conversation that decided something."""
    file = tmp_path / "s1.jsonl"
    lines = [
        line(0, "user", "How should we sign tokens?", repository),
        line(1, "assistant", "Decision: we sign tokens with RS256, because all services can verify it.", repository),
    ]
    file.write_text("\n".join(lines) + "\n")
    return file


def reconciled(environment: dict[str, str], folder: Path) -> str:
    """Read what waits; gives what was printed."""
    command = [sys.executable, "-m", "clients.hooks.reconcile", str(folder)]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def rang(transcript: Path, folder: Path) -> dict[str, Any]:
    return {"session_id": "s1", "transcript_path": str(transcript), "cwd": str(folder), "hook_event_name": "SessionEnd"}


def messages(ctx: Ctx) -> list[int]:
    return [one["message_count"] for one in json.loads(ctx("sessions", "list", "--json"))]


def test_what_was_said_is_stored_once_however_often_it_rings(
    ring: Ring, ctx: Ctx, repository: Path, transcript: Path, environment: dict[str, str]
) -> None:
    spool = repository / ".contextfs" / "local" / "spool"
    counts: list[list[int]] = []
    for _ in range(2):
        ring("claude-code", "SessionEnd", rang(transcript, repository), spool=spool)
        reconciled(environment, repository)
        counts.append(messages(ctx))
    with transcript.open("a") as file:
        file.write(line(2, "user", "And how long do they live?", repository) + "\n")
    ring("claude-code", "SessionEnd", rang(transcript, repository), spool=spool)
    reconciled(environment, repository)

    assert [[2], [2], [3]] == [*counts, messages(ctx)]
    assert [] == list(spool.iterdir())
    assert "RS256" in ctx("memory", "list")


def test_a_tool_that_keeps_all_in_one_database_is_read_of_it(
    ring: Ring, ctx: Ctx, repository: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    base = tmp_path / "data" / "opencode" / "opencode.db"
    base.parent.mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "data" / "transcripts" / "opencode" / "opencode.db", base)
    with sqlite3.connect(base) as made:
        sessions = [name for (name,) in made.execute("select id from session order by id")]
        made.execute("update session set directory = ? where id = ?", (str(repository), sessions[0]))
    made.close()
    spool = repository / ".contextfs" / "local" / "spool"
    for one in sessions:
        ring("opencode", "SessionEnd", {"session_id": one, "cwd": str(repository)}, spool=spool)
    said = reconciled(environment | {"XDG_DATA_HOME": str(tmp_path / "data")}, repository)

    kept = json.loads(ctx("sessions", "list", "--json"))
    assert (sessions[:1], []) == ([one["external_id"] for one in kept], list(spool.iterdir()))
    assert (2, 1) == (len(sessions), said.count("from 1 file into"))


def test_of_a_tool_that_names_no_transcript_all_about_the_repository_is_read(
    ring: Ring, ctx: Ctx, repository: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    name = "1795384565288_kgzbo"
    kept = tmp_path / "cline" / "data" / "sessions" / name
    shutil.copytree(ROOT / "tests" / "data" / "transcripts" / "cline" / name, kept)
    about = kept / f"{name}.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"cwd": str(repository)}))
    spool = repository / ".contextfs" / "local" / "spool"
    ring("cline", "TaskComplete", {"cwd": str(repository)}, spool=spool)
    reconciled(environment | {"CLINE_DIR": str(tmp_path / "cline")}, repository)

    assert [name] == [one["external_id"] for one in json.loads(ctx("sessions", "list", "--json"))]
    assert [] == list(spool.iterdir())


def test_a_database_that_says_nothing_of_the_repository_is_read(
    ring: Ring, repository: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    base = tmp_path / "data" / "opencode" / "opencode.db"
    base.parent.mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "data" / "transcripts" / "opencode" / "opencode.db", base)
    spool = repository / ".contextfs" / "local" / "spool"
    ring("opencode", "SessionEnd", {"session_id": "s1", "cwd": str(repository)}, spool=spool)
    reconciled(environment | {"XDG_DATA_HOME": str(tmp_path / "data")}, repository)

    assert [] == list(spool.iterdir())


def test_a_ring_starts_it_by_itself(
    ring: Ring, ctx: Ctx, repository: Path, transcript: Path, environment: dict[str, str]
) -> None:
    del environment["CONTEXTFS_BACKGROUND"]

    ring("claude-code", "SessionEnd", rang(transcript, repository))

    until = time.monotonic() + 60
    while messages(ctx) != [2]:
        assert time.monotonic() < until
        time.sleep(0.5)
    with alone(repository / ".contextfs" / "local", LOCK) as is_over:  # it is on its way out, or gone
        assert is_over or messages(ctx) == [2]


def test_while_one_reads_another_leaves(
    ring: Ring, repository: Path, transcript: Path, environment: dict[str, str]
) -> None:
    spool = repository / ".contextfs" / "local" / "spool"
    ring("claude-code", "SessionEnd", rang(transcript, repository), spool=spool)
    with alone(repository / ".contextfs" / "local", LOCK) as is_mine:
        reconciled(environment, repository)

        assert is_mine
        assert ["claude-code-s1.json"] == [file.name for file in spool.iterdir()]


RINGS_WHILE_IT_READS = """
import sys
from pathlib import Path
from clients.hooks import reconcile as module
reads = module.reconcile
def reading(place):
    done = reads(place)
    if Path(sys.argv[2]).exists():
        Path(sys.argv[2]).rename(sys.argv[3])
    return done
module.reconcile = reading
module.main([sys.argv[1]])
"""


def test_what_rings_while_one_reads_is_read_before_it_ends(
    ring: Ring, ctx: Ctx, repository: Path, transcript: Path, environment: dict[str, str]
) -> None:
    spool = repository / ".contextfs" / "local" / "spool"
    ring("claude-code", "SessionStart", rang(transcript, repository), spool=spool)
    note, late = spool / "claude-code-s1.json", spool.parent / "late"
    other = transcript.with_name("s2.jsonl")
    other.write_text(transcript.read_text().replace('"s1"', '"s2"').replace("00000000-0000-4000", "00000000-0000-4001"))
    late.write_text(note.read_text().replace("s1.jsonl", "s2.jsonl"))

    command = [sys.executable, "-c", RINGS_WHILE_IT_READS, str(repository), str(late), str(note)]
    subprocess.run(command, env=environment, check=True)

    assert [2, 2] == messages(ctx)
    assert [] == list(spool.iterdir())


def test_what_a_killed_process_had_taken_is_read_by_the_next(
    ring: Ring, ctx: Ctx, repository: Path, transcript: Path, environment: dict[str, str]
) -> None:
    spool = repository / ".contextfs" / "local" / "spool"
    ring("claude-code", "SessionEnd", rang(transcript, repository), spool=spool)
    (spool / "claude-code-s1.json").rename(spool / "claude-code-s1.json.taken")

    reconciled(environment, repository)

    assert [2] == messages(ctx)


def test_what_rang_before_there_was_a_store_is_read_when_there_is_one(
    ring: Ring, ctx: Ctx, tmp_path: Path, environment: dict[str, str]
) -> None:
    folder = tmp_path / "repository"
    folder.mkdir()
    file = tmp_path / "s1.jsonl"
    file.write_text(line(0, "user", "How should we sign tokens?", folder) + "\n")
    noted = ring("claude-code", "SessionEnd", rang(file, folder)).notes
    ctx("init")

    reconciled(environment, folder)

    assert (1, [1]) == (len(noted), messages(ctx))
    assert [] == list((tmp_path / "home" / "spool").iterdir())


def test_what_rang_where_a_store_lost_its_settings_is_not_read_by_the_store_above(
    ring: Ring, ctx: Ctx, repository: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    lost, plain = repository / "lost", repository / "plain"
    (lost / ".contextfs" / "memories").mkdir(parents=True)
    plain.mkdir()
    for folder in (lost, plain):
        file = tmp_path / f"{folder.name}.jsonl"
        file.write_text(line(0, "user", f"Of {folder.name}.", folder, sessionId=folder.name) + "\n")
    ring("claude-code", "SessionEnd", rang(tmp_path / "lost.jsonl", lost))
    spool = tmp_path / "home" / "spool"
    of_below = json.loads(next(spool.iterdir()).read_text())
    of_below |= {"session": "s2", "transcript": str(tmp_path / "plain.jsonl"), "cwd": str(plain)}
    (spool / "claude-code-s2.json").write_text(json.dumps(of_below))

    reconciled(environment, repository)

    kept = json.loads(ctx("sessions", "list", "--json"))
    assert (["plain"], ["claude-code-s1.json"]) == (
        [one["external_id"] for one in kept],
        [one.name for one in spool.iterdir()],
    )


def test_a_transcript_that_cannot_be_read_is_laid_aside_after_some_tries(
    ring: Ring, repository: Path, tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "broken.jsonl"
    file.write_bytes(b"\x00" * 100)
    spool = repository / ".contextfs" / "local" / "spool"
    ring("claude-code", "SessionEnd", rang(file, repository), spool=spool)
    monkeypatch.chdir(repository)
    from clients.hooks import reconcile  # noqa: PLC0415 - it changes the working folder, which is put back
    from contextfs.local import place  # noqa: PLC0415 - as above

    found = place.required(repository)
    for _ in range(5):
        reconcile.reconcile(found)

    assert ["claude-code-s1.json.failed"] == [left.name for left in spool.iterdir()]


@pytest.mark.parametrize("shape", ["attachment", "text"])
def test_what_was_handed_over_is_not_learned(
    ring: Ring, ctx: Ctx, repository: Path, tmp_path: Path, environment: dict[str, str], shape: str
) -> None:
    """The loop: a memory is handed to a conversation, its transcript holds it, and it is read again."""
    ctx("memory", "add", "We sign tokens with ES512 because Ana said so.", "--type", "decision")
    start = {"session_id": "s1", "cwd": str(repository), "hook_event_name": "SessionStart", "source": "startup"}
    pack = json.loads(ring("claude-code", "SessionStart", start).out)["hookSpecificOutput"]["additionalContext"]
    reminded = f"<system-reminder>\nSessionStart hook additional context: {pack}\n</system-reminder>"
    first = (
        line(0, "attachment", "", repository, type="attachment", rendered=[{"content": reminded}])
        if shape == "attachment"
        else line(0, "user", f"{reminded}\nGo on then, please.", repository)
    )
    file = tmp_path / "s1.jsonl"
    file.write_text(first + "\n" + line(1, "user", "What is next?", repository) + "\n")
    ring("claude-code", "SessionEnd", rang(file, repository))

    reconciled(environment, repository)

    [session] = json.loads(ctx("sessions", "list", "--json"))
    assert FENCE in pack
    assert "ES512" not in ctx("sessions", "show", session["id"], "--full")
    assert 1 == ctx("memory", "list").count("ES512")
