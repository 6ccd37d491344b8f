"""`ctx doctor` in a folder with a store: what is wrong is told with its cure, and a store in order is clean."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.cli.here.folder import Folder, folder
from tests.house.source import ROOT


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Give a repository with a store and a memory in it."""
    made = folder(tmp_path / "r")
    made.ctx("memory", "add", "We use psycopg.")
    made.commit()
    return made


def found(here: Folder, *arguments: str) -> dict[str, Any]:
    return {one["check"]: one for one in here.ctx("doctor", "--json", *arguments).json}


def test_a_store_in_order_is_clean_without_any_server(here: Folder) -> None:
    told = here.ctx("doctor")

    assert (0, "") == (told.code, told.err)
    assert "!!" not in told.out
    assert "ok  merge driver: " in told.out
    assert "ok  server: none is linked" in told.out


def test_it_is_the_same_from_any_folder_below_and_for_a_program(here: Folder) -> None:
    (here.root / "src").mkdir()

    assert here.ctx("doctor", "--json", within="src").json == here.program("doctor", "--json").json


def test_a_server_that_is_meant_and_missing_is_a_fault(here: Folder) -> None:
    told = here.ctx("doctor", "--server", "--json")

    assert told.code == 1
    assert [one["check"] for one in told.json if one["state"] == "attention"] == ["server"]


def test_a_linked_server_that_does_not_answer_is_told_and_nothing_else(here: Folder) -> None:
    path = here.root / ".contextfs/config.toml"
    path.write_text(path.read_text() + '\n[server]\nurl = "http://127.0.0.1:9"\n')
    here.variables["CONTEXTFS_API_KEY"] = "x"
    here.variables["CONTEXTFS_URL"] = "http://127.0.0.1:9"

    told = here.ctx("doctor", "--json")
    [fault] = [one for one in told.json if one["state"] == "attention"]

    assert (1, "server") == (told.code, fault["check"])
    assert "ctx link" in fault["cure"]


def without_settings(here: Folder) -> None:
    (here.root / ".contextfs/config.toml").unlink()


def half_settings(here: Folder) -> None:
    (here.root / ".contextfs/config.toml").write_text("format = 1\n[")


def a_link_out(here: Folder) -> None:
    shutil.move(here.root / ".contextfs/memories", here.root.parent / "elsewhere")
    (here.root / ".contextfs/memories").symlink_to(here.root.parent / "elsewhere")


def no_database(here: Folder) -> None:
    for path in (here.root / ".contextfs/local").glob("index.db*"):
        path.unlink()
    (here.root / ".contextfs/local/index.db").write_bytes(b"no database" * 1000)


def a_torn_page(here: Folder) -> None:
    path = here.root / ".contextfs/local/index.db"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)


def a_broken_file(here: Folder) -> None:
    next((here.root / ".contextfs/memories/fact").iterdir()).write_text("---\nx")


@pytest.mark.parametrize(
    ("harm", "check", "cure"),
    [
        (without_settings, "store", "restore it from git"),
        (half_settings, "settings", "mend that line"),
        (a_link_out, "store", "replace it by a folder"),
        (no_database, "database", "move it away"),
        (a_torn_page, "database", "move it away"),
        (a_broken_file, "files", "mend the file"),
    ],
)
def test_what_is_wrong_is_told_with_its_cure(
    here: Folder, harm: Callable[[Folder], None], check: str, cure: str
) -> None:
    harm(here)

    told = here.ctx("doctor", "--json")
    faults = [one for one in told.json if one["state"] == "attention"]

    assert (1, [check]) == (told.code, [one["check"] for one in faults])
    assert cure in faults[0]["cure"]


def test_a_store_that_is_off_is_no_fault(here: Folder) -> None:
    here.ctx("off")

    told = here.ctx("doctor", "--json")

    assert (0, "ok") == (told.code, found(here)["store"]["state"])
    assert "switched off" in found(here)["store"]["told"]


def test_a_missing_file_is_written_when_that_is_asked(tmp_path: Path) -> None:
    here = folder(tmp_path / "r", git=False)
    here.ctx("memory", "add", "We use psycopg.")
    [path] = (here.root / ".contextfs/memories/fact").iterdir()
    with here.open() as store:
        store.base.run("delete from files")
    path.unlink()

    before, mended, after = here.ctx("doctor"), here.ctx("doctor", "--repair"), here.ctx("doctor")

    assert (1, 0, 0) == (before.code, mended.code, after.code)
    assert "`ctx doctor --repair` writes them" in before.out
    assert "We use psycopg." in path.read_text()


def test_conversations_that_nobody_rang_for_are_told_of(here: Folder) -> None:
    history = here.root / ".aider.chat.history.md"
    shutil.copy(ROOT / "tests/data/transcripts/aider/aider.chat.history.md", history)
    before = found(here)["conversations"]
    here.ctx("import", "aider")

    assert ("ok", "not read since they changed: 1 of aider") == (before["state"], before["told"])
    assert "`ctx import`" in before["cure"]
    assert "all that tools keep in files about this folder is read" == found(here)["conversations"]["told"]
