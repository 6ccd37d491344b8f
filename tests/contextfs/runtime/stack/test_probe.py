"""What is seen of a stack's processes from outside, where a process number may be another program's by now."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from contextfs.adapters.database.embedded.locks import claim
from contextfs.runtime.stack import Home, down, probe

Start = Callable[..., subprocess.Popen[bytes]]
_ECHO = "import sys\nfor line in sys.stdin.buffer: sys.stdout.buffer.write(line); sys.stdout.flush()"


@pytest.fixture
def start() -> Iterator[Start]:
    """Give a function that starts a program, which says again what it is told, with some words on its command line."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(*words: str, cwd: Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", _ECHO, *words]
        started.append(subprocess.Popen(command, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        assert lives(started[-1])  # a moment earlier the kernel knows it, and not its command line
        return started[-1]

    yield begin
    for one in started:
        one.kill()
        one.communicate()


def lives(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether a program still answers: one that was sent a signal before does not."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(b"here?\n")
        process.stdin.flush()
    except BrokenPipeError:
        return False
    return process.stdout.readline() == b"here?\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give the folder of an installation."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def test_a_server_of_this_home_that_does_not_end_is_killed(home: Path, start: Start) -> None:
    orphan = start("contextfs.runtime.serve", "gateway", cwd=home)

    probe.end(orphan.pid, home, 0.0)

    assert not lives(orphan)


def test_a_server_of_another_home_is_left_alone(home: Path, tmp_path: Path, start: Start) -> None:
    other = start("contextfs.runtime.serve", "gateway", cwd=tmp_path)

    probe.end(other.pid, home, 0.0)

    assert lives(other)


@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="the system has no ps")
def test_a_server_of_which_the_home_cannot_be_seen_is_left_alone(
    home: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start("contextfs.runtime.serve", "gateway", cwd=home)
    monkeypatch.setattr(sys, "platform", "darwin")

    probe.end(server.pid, home, 0.0)

    assert lives(server)


def test_another_program_that_has_a_supervisors_number_by_now_is_not_stopped(home: Path, start: Start) -> None:
    other = start("-m contextfs.runtime.supervisor /elsewhere 3 4 5", cwd=home)
    (home / "processes.json").write_text(f'{{"supervisor": {other.pid}, "processes": []}}')
    held = claim(home / "supervisor.lock", create=True)
    assert held is not None

    down(Home(home), tell=lambda _: _close(held))

    assert lives(other)


def test_a_supervisor_of_this_home_is_known_by_its_command_line(home: Path, tmp_path: Path, start: Start) -> None:
    supervisor = start(f"-m contextfs.runtime.supervisor {home} 3 4 0123 --own-database", cwd=tmp_path)

    assert probe.supervises(supervisor.pid, home)
    assert not probe.supervises(supervisor.pid, tmp_path)


def test_who_looks_for_a_supervisor_is_taken_for_none(home: Path) -> None:
    lock = probe.supervision(Home(home))
    assert probe.supervised(Home(home))
    os.close(lock)
    looking = os.open(home / "supervisor.lock", os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)

    assert not probe.supervised(Home(home))

    os.close(looking)


def test_a_supervisor_waits_for_who_looks_for_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.close(probe.supervision(Home(home)))
    looking = os.open(home / "supervisor.lock", os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)

    def look_away(_seconds: float) -> None:
        os.close(looking)

    monkeypatch.setattr(time, "sleep", look_away)

    lock = probe.supervision(Home(home))

    assert probe.supervised(Home(home))
    os.close(lock)


def _close(descriptor: int) -> None:
    with suppress(OSError):
        os.close(descriptor)
