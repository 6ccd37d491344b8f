"""Sync in the background, with a real server: one process serves many commands, and none of them waits for it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clients.cli.here import background
from contextfs.client import ContextFS
from contextfs.local.place import required
from contextfs.local.sync.alone import alone, is_taken
from tests.clients.cli.here.folder import Folder, folder
from tests.conftest import Tenant

PATIENCE_SECONDS = 60.0


@pytest.fixture
def here(tmp_path: Path, api_url: str, tenant: Tenant) -> Iterator[Folder]:
    """Give a folder whose store is linked with a server; at its end nobody is at it any more."""
    made = folder(tmp_path / "r", git=False)
    made.variables |= {"CONTEXTFS_URL": api_url, "CONTEXTFS_API_KEY": tenant.key}
    linked = made.ctx("link", api_url)
    assert linked.code == 0, linked.err
    yield made
    until(lambda: [] == processes(made))


def processes(here: Folder) -> list[int]:
    """List the processes that sync this folder in the background."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            if b"--background" in words and (entry / "cwd").resolve() == here.root:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def unsent(here: Folder) -> int:
    with here.open() as store:
        return store.status().unsent


def unhurried(here: Folder, *arguments: str) -> subprocess.Popen[str]:
    """Start a command that starts nobody where one was started a minute ago: on some machines that takes seconds."""
    code = "from clients.cli.here import background; background._RATE_SECONDS = 60.0; from clients.cli.main import main"
    return subprocess.Popen(
        [sys.executable, "-c", f"{code}; main()", *arguments],
        env=here.environment,
        cwd=here.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="processes are counted in /proc")
def test_many_commands_at_once_are_served_by_one_process(here: Folder, api_url: str, tenant: Tenant) -> None:
    commands = [unhurried(here, "memory", "add", f"Fact number {number}.") for number in range(6)]
    most = 0
    while any(one.poll() is None for one in commands):
        most = max(most, len(processes(here)))
        time.sleep(0.02)
    ends = [(one.returncode, one.communicate()[1]) for one in commands]

    assert [(0, "")] * 6 == ends
    assert most <= 1
    until(lambda: unsent(here) == 0)
    with ContextFS(api_url, tenant.key) as client:
        stored = {one.content for one in client.memories.list(project_id=project_of(here))}
    assert {f"Fact number {number}." for number in range(6)} == stored


def project_of(here: Folder) -> str:
    return here.ctx("status", "--json").json["project"]["id"]


def started(here: Folder, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Count what would be started, and start nothing."""
    count = 0

    def begin(command: list[str], folder: Path) -> None:
        nonlocal count
        count += 1

    monkeypatch.setattr(background, "_detached", begin)
    return lambda: count


def test_while_one_is_at_work_no_other_is_started(here: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    count = started(here, monkeypatch)
    place = required(here.root)

    with alone(place.local) as is_mine:
        background.after_a_change(place)

    assert (True, 0) == (is_mine, count())


def test_none_is_started_twice_within_a_few_seconds(here: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    count = started(here, monkeypatch)
    place = required(here.root)

    for _ in range(5):
        background.after_a_change(place)
    mark = place.local / background.STARTED.format("push")
    os.utime(mark, (time.time() - 10, time.time() - 10))
    background.after_a_change(place)

    assert 2 == count()


def test_a_command_goes_well_whatever_stands_in_the_way(here: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    count = started(here, monkeypatch)
    (here.root / ".contextfs/local/background.lock").mkdir()

    background.after_a_change(required(here.root))

    assert 0 == count()


def test_a_store_that_does_not_want_it_has_none(here: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    count = started(here, monkeypatch)
    path = here.root / ".contextfs/config.toml"
    path.write_text(path.read_text() + "\n[sync]\nbackground = false\n")

    background.after_a_change(required(here.root))

    assert 0 == count()


def test_a_lock_goes_with_its_process(here: Folder) -> None:
    local = required(here.root).local
    code = (
        "import sys, time; from pathlib import Path; from contextfs.local.sync.alone import alone\n"
        "with alone(Path(sys.argv[1])) as mine:\n    print(mine, flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(local)], env=here.environment, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    said, taken = holder.stdout.readline(), is_taken(local)
    holder.kill()
    holder.communicate()

    assert ("True\n", True, False) == (said, taken, is_taken(local))
