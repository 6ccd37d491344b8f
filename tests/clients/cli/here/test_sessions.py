"""`ctx sessions rm` in a folder: asked before, gone after, and passed over by the next import."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.clients.cli.here.folder import Folder, folder
from tests.house.source import ROOT

SESSION = "503d3276-fd1c-4a5a-b232-97277af3f672"
SAMPLE = ROOT / "tests" / "data" / "transcripts" / "claude-code" / f"{SESSION}.jsonl"


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Give a folder that a conversation was imported into."""
    made = folder(tmp_path / "r", git=False)
    shutil.copy(SAMPLE, tmp_path / SAMPLE.name)
    assert made.ctx("import", "claude-code", made.root.parent / SAMPLE.name).code == 0
    return made


def only(here: Folder) -> str:
    [session] = here.ctx("sessions", "list", "--json").json
    return session["id"]


def records(here: Folder) -> int:
    base = sqlite3.connect(here.root / ".contextfs/local/records.db")
    return base.execute("select (select count(*) from files) + (select count(*) from pieces)").fetchone()[0]


def test_nobody_is_there_to_be_asked(here: Folder) -> None:
    told = here.ctx("sessions", "rm", only(here))

    assert 2 == told.code
    assert "give --yes" in told.err
    assert only(here)


def test_a_person_is_asked_and_may_think_better_of_it(here: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin.readline", lambda: "no\n", raising=False)

    told = here.ctx("sessions", "rm", only(here))

    assert 1 == told.code
    assert "for good? [y/N]" in told.err
    assert only(here)


def test_a_removed_session_is_gone_with_its_record_and_is_not_imported_again(here: Folder) -> None:
    session_id, before = only(here), records(here)
    told = here.ctx("sessions", "rm", session_id[-12:], "--yes", "--json")
    after = records(here)
    again = here.ctx("import", "claude-code", here.root.parent / SAMPLE.name, "--json")

    assert (0, session_id, False) == (told.code, told.json["removed"]["session_id"], told.json["server"])
    assert 0 < told.json["removed"]["messages"]
    assert (True, 0, 0) == (before > 0, after, records(here))
    assert [] == here.ctx("sessions", "list", "--json").json
    assert {"new": 0, "grown": 0, "unchanged": 0} == again.json["sessions"]
    assert "removed here" in again.json["skipped_files"][0]["reason"]
    assert 3 == here.ctx("sessions", "rm", session_id, "--yes").code
