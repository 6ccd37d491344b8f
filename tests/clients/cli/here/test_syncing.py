"""`ctx sync` in the store of a folder: one that finds nothing to do loads little, and one that does misses nothing."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.clients.cli.here.folder import Folder, folder
from tests.conftest import Tenant

_LOADED = (
    "import sys; from clients.cli.main import run; code = run(sys.argv[1:]); print(*sys.modules, file=sys.stderr);"
    "sys.exit(code)"
)
_WAITS = """
import os, sys, time
from pathlib import Path
from clients.cli import main
from contextfs.local.folder import ahead, glance
from contextfs.local.sync.alone import alone

ahead._WORTH_HELP = 0
glance.may_fork = lambda: True
other = alone(Path(".contextfs/local"))
if "--background" not in sys.argv:
    assert other.__enter__()

def pause(seconds):
    for child, _ in ahead._begun.values():
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    [file] = Path.cwd().glob(".contextfs/memories/*/*.md")
    file.write_text(file.read_text().replace("Thursdays", "Mondays"))
    if "--background" not in sys.argv:
        other.__exit__(None, None, None)

time.sleep = pause
main.main()
"""
"""A sync of a large store, in which a file is edited while it waits: for another sync, or for more to do."""
_HEAVY = {"httpx2", "logging", "asyncio", "dataclasses", "json", "subprocess"}
_UNASKED = {"contextfs.local.store", "contextfs.local.folder.refresh", "contextfs.local.sync.exchange"}


@pytest.fixture
def here(tmp_path: Path, api_url: str, tenant: Tenant) -> Folder:
    """Give a folder whose store is linked with a server, and in step with it."""
    made = folder(tmp_path / "here")
    made.variables |= {"CONTEXTFS_BACKGROUND": "off", "CONTEXTFS_KEYRING": "off"}
    for arguments in (("link", api_url, "--key", tenant.key), ("memory", "add", "We deploy on Thursdays."), ("sync",)):
        done = made.ctx(*arguments)
        assert done.code == 0, done.err
    time.sleep(0.11)  # a file that is younger may change once more in the same tick of its clock
    assert "nothing new" in made.ctx("sync").out
    return made


def test_a_sync_that_finds_nothing_loads_little(here: Folder) -> None:
    ended = subprocess.run(
        [sys.executable, "-S", "-c", _LOADED, "sync"],
        cwd=here.root,
        env=here.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = {*ended.stderr.split()}

    assert ended.stdout.endswith("nothing new\n")
    assert "contextfs.local.sync.glimpse" in loaded
    assert set() == loaded & (_HEAVY | _UNASKED)


def test_an_edit_by_hand_after_a_sync_is_sent_by_the_next(here: Folder) -> None:
    [file] = here.root.glob(".contextfs/memories/*/*.md")
    file.write_text(file.read_text().replace("Thursdays", "Mondays"))

    edited, again = here.ctx("sync"), here.ctx("sync")

    assert "1 revision sent" in edited.out
    assert "nothing new" in again.out


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="nobody helps there")
@pytest.mark.parametrize("how", [[], ["--background"]])
def test_an_edit_while_a_sync_waits_is_sent_by_it(here: Folder, how: list[str]) -> None:
    command = [sys.executable, "-c", _WAITS, "sync", *how]
    ended = subprocess.run(
        command, cwd=here.root, env=here.environment, capture_output=True, text=True, check=False, timeout=60
    )
    [file] = here.root.glob(".contextfs/memories/*/*.md")

    assert ended.returncode == 0, ended.stderr
    assert "Mondays" in file.read_text()
    assert ("1 revision sent" in ended.stdout) == (how == [])  # one in the background says nothing
    assert "nothing new" in here.ctx("sync").out


def test_a_file_that_cannot_be_read_is_told_by_each_sync(here: Folder) -> None:
    [file] = here.root.glob(".contextfs/memories/*/*.md")
    file.write_text(file.read_text().replace("type: fact", "type: &a fact"))

    told = [here.ctx("sync").err for _ in range(2)]

    assert all("anchor" in one for one in told), told


def test_a_store_whose_settings_name_a_server_is_linked_with_that_one(tmp_path: Path) -> None:
    made = folder(tmp_path / "clone", git=False)
    with (made.root / ".contextfs/config.toml").open("a") as settings:
        settings.write('\n[server]\nurl = "http://127.0.0.1:9"\n')

    told = made.ctx("link")

    assert (4, 1) == (told.code, told.err.count("\n"))
    assert "No API key is known for http://127.0.0.1:9" in told.err
