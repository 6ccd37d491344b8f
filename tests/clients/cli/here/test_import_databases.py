"""Of a database that holds the conversations of all folders, a store takes those about its repository."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from contextfs.local.records.store import FILE
from tests.clients.cli.here.folder import Folder, folder
from tests.house.source import ROOT

SAMPLES = ROOT / "tests" / "data" / "transcripts"


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Give a folder with an empty store."""
    return folder(tmp_path / "r", git=False)


def database(here: Folder, sample: str, target: str, change: str) -> None:
    """Put a tool's database where the tool keeps it; one of its conversations is about this folder."""
    file = here.root.parent / "home" / target
    file.parent.mkdir(parents=True)
    shutil.copy(SAMPLES / sample, file)
    base = sqlite3.connect(file)
    base.execute(change, {"here": str(here.root)})
    base.commit()
    base.close()


OPENCODE = "update session set directory = :here where id = 'ses_dfabe4cc3ffebAO7dgb9AD8yiK'"
ZED = "update threads set folder_paths = :here where id = '117d18c2-2de6-5ab6-5099-344a8223872c'"
PLACES = [
    ("opencode", "opencode/opencode.db", ".local/share/opencode/opencode.db", OPENCODE),
    ("zed", "zed/threads.db", ".local/share/zed/threads/threads.db", ZED),
]


@pytest.mark.parametrize(("tool", "sample", "target", "change"), PLACES)
@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("keep", [True, False])
def test_a_store_takes_its_own(
    here: Folder, tool: str, sample: str, target: str, change: str, *, named: bool, keep: bool
) -> None:
    database(here, sample, target, change)
    if not keep:
        with (here.root / ".contextfs/config.toml").open("a") as file:
            file.write("\n[records]\nkeep = false\n")

    told = here.ctx("import", *([tool] if named else []), "--json")

    assert told.code == 0, told.err
    assert told.json["sessions"] == {"new": 1, "grown": 0, "unchanged": 0}
    kept = here.root / ".contextfs/local" / FILE
    if kept.exists():
        assert sqlite3.connect(kept).execute("select path from files").fetchall() == []


@pytest.mark.parametrize(("tool", "sample", "target", "change"), PLACES)
def test_what_comes_with_a_new_store_is_its_own(
    tmp_path: Path, tool: str, sample: str, target: str, change: str
) -> None:
    here = folder(tmp_path / "r", git=False)
    database(here, sample, target, change)

    told = here.ctx("init", "--import", "--json")

    assert told.code == 0, told.err
    assert (tool, told.json["imported"]["sessions"]["new"]) == (tool, 1)


@pytest.mark.parametrize("folders", ["'/home/ann/other' || char(10) || :here", ":here || char(10) || :here || '2'"])
def test_a_thread_about_several_folders_comes_into_the_store_of_each(here: Folder, folders: str) -> None:
    database(here, *PLACES[1][1:3], ZED.replace(":here", folders))

    assert here.ctx("import", "zed", "--json").json["sessions"] == {"new": 1, "grown": 0, "unchanged": 0}


def test_a_thread_of_a_folder_that_is_called_alike_does_not_come(here: Folder) -> None:
    database(here, *PLACES[1][1:3], ZED.replace(":here", ":here || '2'"))

    assert here.ctx("import", "zed").code == 3


def test_none_of_ours_is_told(here: Folder) -> None:
    database(here, "opencode/opencode.db", ".local/share/opencode/opencode.db", "select :here")

    told = here.ctx("import", "opencode")

    assert (3, True) == (told.code, "No conversations of opencode about" in told.err)


def test_a_database_that_is_named_is_taken_whole_and_kept(here: Folder) -> None:
    database(here, "opencode/opencode.db", "elsewhere/opencode.db", OPENCODE)

    told = here.ctx("import", "opencode", here.root.parent / "home/elsewhere/opencode.db", "--json")
    again = here.ctx("import", "--again", "--json")

    assert told.json["sessions"] == {"new": 2, "grown": 0, "unchanged": 0}
    assert again.json["sessions"] == {"new": 0, "grown": 0, "unchanged": 2}
