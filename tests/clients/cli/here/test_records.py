"""What a tool wrote is kept first and read second: again where a reader reads better, also when the file is gone."""

import json
import shutil
import sqlite3
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest

from contextfs.adapters.transcripts import claude_code
from contextfs.adapters.transcripts.files import Beside
from contextfs.adapters.transcripts.model import Transcript
from contextfs.local.records.store import FILE
from tests.clients.cli.here.folder import Folder, folder
from tests.house.source import ROOT

SESSION = "503d3276-fd1c-4a5a-b232-97277af3f672.jsonl"
SAMPLE = ROOT / "tests" / "data" / "transcripts" / "claude-code" / SESSION


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Give a folder with an empty store, and a conversation beside it."""
    made = folder(tmp_path / "r", git=False)
    shutil.copy(SAMPLE, tmp_path / SESSION)
    return made


def transcript(here: Folder) -> Path:
    return here.root.parent / SESSION


def contents(here: Folder) -> list[str]:
    rows = sqlite3.connect(here.root / ".contextfs/local/index.db").execute(
        "select content from messages order by created_at, id"
    )
    return [content for (content,) in rows]


READ = claude_code.read
NEXT = claude_code.VERSION + 1


def shouting(data: bytes, *, name: str, beside: Beside) -> list[Transcript]:
    """Read as a next version of a reader might: what was said is in capitals."""
    [one] = READ(data, name=name, beside=beside)
    said = [msgspec.structs.replace(message, content=message.content.upper()) for message in one.messages]
    return [msgspec.structs.replace(one, messages=said)]


def asking(data: bytes, *, name: str, beside: Beside) -> list[Transcript]:
    """Read as a next version might: each prompt has a word more."""
    [one] = READ(data, name=name, beside=beside)
    said = [
        msgspec.structs.replace(message, content=f"{message.content} {'quetzalcoatlus' * (message.role == 'user')}")
        for message in one.messages
    ]
    return [msgspec.structs.replace(one, messages=said)]


def test_a_better_reader_brings_messages_to_what_it_reads_and_doubles_none(here: Folder) -> None:
    here.ctx("import", "claude-code", transcript(here))
    before = contents(here)
    transcript(here).unlink()

    with patch.object(claude_code, "VERSION", NEXT), patch.object(claude_code, "read", shouting):
        told = here.ctx("import", "--again", "--json").json
        once_more = here.ctx("import", "--again", "--json").json

    assert [one.upper() for one in before] == contents(here)
    changed = sum(one != one.upper() for one in before)
    assert {"stored": 0, "duplicates": len(before), "revised": changed} == told["messages"]
    assert once_more["messages"]["revised"] == 0
    versions = sqlite3.connect(here.root / ".contextfs/local/index.db").execute(
        "select content from message_versions where version = 1"
    )
    assert sorted(one for one in before if one != one.upper()) == sorted(content for (content,) in versions)


def test_what_a_better_reader_reads_is_found(here: Folder) -> None:
    here.ctx("import", "claude-code", transcript(here))
    before = here.ctx("search", "quetzalcoatlus", "--json").json

    with patch.object(claude_code, "VERSION", NEXT), patch.object(claude_code, "read", asking):
        here.ctx("import", "claude-code", transcript(here))

    assert before["hits"] == []
    assert "quetzalcoatlus" in here.ctx("search", "quetzalcoatlus").out


def test_a_lost_database_is_brought_back_from_what_is_kept(here: Folder) -> None:
    here.ctx("import", "claude-code", transcript(here))
    before = contents(here)
    transcript(here).unlink()
    for file in (here.root / ".contextfs/local").glob("index.db*"):
        file.unlink()

    told = here.ctx("import", "--again")

    assert (told.code, before) == (0, contents(here))


def test_a_file_that_was_kept_and_never_read_is_read_by_the_next_import(here: Folder) -> None:
    here.ctx("import", "claude-code", transcript(here))
    before = contents(here)
    records = sqlite3.connect(here.root / ".contextfs/local" / FILE)
    records.execute("update files set read_by = null")
    records.commit()
    index = sqlite3.connect(here.root / ".contextfs/local/index.db")
    index.executescript("delete from messages; update sessions set message_count = 0")
    transcript(here).unlink()
    other = here.root.parent / "other.md"
    other.write_text("# aider chat started at 2026-01-01 10:00:00\n\n#### Which port?\n\n8420.\n")

    here.ctx("import", "aider", other)

    assert set(before) < set(contents(here))


def test_a_file_of_another_tool_is_not_kept(here: Folder) -> None:
    wrong = here.root.parent / "notes.jsonl"
    wrong.write_text('{"hello":"world"}\n')

    told = here.ctx("import", "claude-code", wrong)

    assert told.code == 1
    files = sqlite3.connect(here.root / ".contextfs/local" / FILE).execute("select path from files").fetchall()
    assert files == []


def test_nothing_is_kept_where_the_settings_say_so(here: Folder) -> None:
    with (here.root / ".contextfs/config.toml").open("a") as file:
        file.write("\n[records]\nkeep = false\n")

    told = here.ctx("import", "claude-code", transcript(here), "--json").json

    assert told["sessions"]["new"] == 1
    assert not (here.root / ".contextfs/local" / FILE).exists()


def test_a_database_of_records_that_is_damaged_does_not_stop_an_import(here: Folder) -> None:
    (here.root / ".contextfs/local" / FILE).write_bytes(b"no database at all" * 100)

    told = here.ctx("import", "claude-code", transcript(here))

    assert told.code == 0
    assert "1 new" in told.out
    assert "Records are not kept" in told.err


def test_a_rehearsal_of_reading_again_stores_nothing(here: Folder) -> None:
    here.ctx("import", "claude-code", transcript(here))
    transcript(here).unlink()

    told = here.ctx("import", "claude-code", "--again", "--dry-run", "--json")

    assert [one["external_id"] for one in json.loads(told.out)["conversations"]] == [SESSION.removesuffix(".jsonl")]


def test_reading_again_needs_a_store(here: Folder) -> None:
    told = here.ctx("import", "--again", "--server")

    assert told.code == 2
    assert "leave out --server" in told.err


def test_the_doctor_tells_what_is_kept_and_what_was_not_read(here: Folder) -> None:
    here.ctx("import", "claude-code", transcript(here))
    file = here.root / ".contextfs/local" / FILE
    well = here.ctx("doctor").out

    records = sqlite3.connect(file)
    records.execute("update files set read_by = null")
    records.commit()
    records.close()
    unread = here.ctx("doctor").out
    for one in file.parent.glob(f"{FILE}*"):
        one.unlink()
    file.write_bytes(b"no database at all" * 100)
    damaged = here.ctx("doctor").out

    assert "1 file of other tools" in well
    assert "kept and not read" in unread
    assert "is damaged" in damaged
