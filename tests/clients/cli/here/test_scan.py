"""A look back finds what was stored when the rules knew less, tells where, and replaces what can be replaced."""

import json
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from contextfs.domain.redaction.model import Span
from contextfs.local.records.store import FILE
from tests.clients.cli.here.folder import Folder, folder
from tests.house.source import ROOT

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
SESSION = "503d3276-fd1c-4a5a-b232-97277af3f672.jsonl"
SAMPLE = ROOT / "tests" / "data" / "transcripts" / "claude-code" / SESSION


def nothing(data: bytes, wanted: object, called: str = "") -> list[Span]:
    """Find what rules of before found: nothing yet."""
    del data, wanted, called
    return []


@contextmanager
def older_rules() -> Generator[None]:
    """Go back to the time before there were rules."""
    names = ("contextfs.domain.redaction.rules.spans", "contextfs.domain.redaction.sieve.spans")
    with patch(names[0], nothing), patch(names[1], nothing), patch("contextfs.domain.redaction.model.VERSION", 0):
        yield


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Give a repository with a conversation and a memory that were stored when the rules knew less."""
    made = folder(tmp_path / "r")
    told = SAMPLE.read_text().replace("\\n", f"\\nuse {TOKEN} for it\\n", 1)
    (tmp_path / SESSION).write_text(told)
    with older_rules():
        assert made.ctx("import", "claude-code", tmp_path / SESSION).code == 0
        assert made.ctx("memory", "add", f"The token of CI is {TOKEN}.").code == 0
    made.commit("memories")
    return made


def scan(here: Folder, *options: str) -> tuple[int, list[dict[str, object]]]:
    told = here.ctx("scan", "--history", "--json", *options)
    return told.code, told.json["found"]


def holds(here: Folder) -> set[str]:
    """Name the databases whose files hold the secret in any of their bytes."""
    local = here.root / ".contextfs/local"
    return {file.name for file in local.glob("*.db*") if TOKEN.encode() in file.read_bytes()}


def test_every_place_is_told_and_never_the_secret(here: Folder) -> None:
    told = here.ctx("scan", "--history")
    code, found = scan(here)

    assert (1, 1) == (told.code, code)
    assert {"message", "memory", "record", "git"} == {one["where"] for one in found}
    assert {"github-token"} == {one["kind"] for one in found}
    assert len({one["fingerprint"] for one in found}) == 1
    assert TOKEN not in told.out + told.err + json.dumps(found)
    assert "git filter-repo" in told.err


def test_what_can_be_replaced_is_and_no_database_holds_it_any_more(here: Folder) -> None:
    _, found = scan(here, "--redact")

    _, left = scan(here)
    assert {"message", "memory", "record"} == {one["where"] for one in found if one["is_redacted"]}
    assert {"earlier revision", "git"} == {one["where"] for one in left}
    assert TOKEN not in here.ctx("memory", "list").out
    file = next((here.root / ".contextfs/memories").rglob("*.md"))
    assert "[redacted:github-token:" in file.read_text()
    assert FILE not in holds(here)
    rows = sqlite3.connect(here.root / ".contextfs/local/index.db").execute("select content from messages").fetchall()
    assert not [content for (content,) in rows if TOKEN in content]
    assert [content for (content,) in rows if "[redacted:github-token:" in content]


def test_a_replaced_record_is_read_again_as_its_messages_are(here: Folder) -> None:
    scan(here, "--redact")

    told = here.ctx("import", "--again", "--json").json

    assert {"stored": 0, "revised": 0} == {name: told["messages"][name] for name in ("stored", "revised")}


def test_what_was_looked_through_is_passed_over_by_the_next(tmp_path: Path) -> None:
    here = folder(tmp_path / "r")
    shutil.copy(SAMPLE, tmp_path / SESSION)
    here.ctx("import", "claude-code", tmp_path / SESSION)

    first = here.ctx("scan", "--history", "--json")
    second = here.ctx("scan", "--history", "--json")
    with patch("contextfs.domain.redaction.model.VERSION", 99):
        newer = here.ctx("scan", "--history", "--json")

    assert (0, 0, 0) == (first.code, second.code, newer.code)
    assert first.json["looked"]["messages"] > 0
    assert {"messages", "records", "git"}.isdisjoint(second.json["looked"])
    assert newer.json["looked"]["messages"] == first.json["looked"]["messages"]
    assert newer.json["looked"]["records"] > 0


def test_a_secret_on_another_branch_is_found_once_git_has_it(here: Folder) -> None:
    scan(here, "--redact")
    here.git("checkout", "-q", "-b", "elsewhere")
    (here.root / ".contextfs/memories/note.txt").write_text(f"key {TOKEN}x\n")
    here.commit("a note")
    here.git("checkout", "-q", "-")

    _, found = scan(here)

    assert ".contextfs/memories/note.txt" in {one["within"] for one in found if one["where"] == "git"}


def test_one_thing_is_one(tmp_path: Path) -> None:
    made = folder(tmp_path / "one")
    made.ctx("memory", "add", "Only this.")

    assert "Looked through: 1 revision, 3 objects of git." in made.ctx("scan", "--history").out


def test_it_wants_to_be_told_where(here: Folder) -> None:
    told = here.ctx("scan")

    assert (2, True) == (told.code, "--history" in told.err)


def test_classes_that_are_wanted_later_are_looked_for_in_what_is_stored(tmp_path: Path) -> None:
    made = folder(tmp_path / "r")
    made.ctx("memory", "add", "Ask mara.lindqvist@fjordmail.no, or pay with 4242 4242 4242 4242.")
    before = scan(made)
    with (made.root / ".contextfs" / "config.toml").open("a") as settings:
        settings.write('\n[redact]\npersonal = ["email", "card"]\n')

    code, found = scan(made)
    scan(made, "--redact")
    [memory] = made.ctx("memory", "list", "--json").json
    shown = memory["content"]

    assert (0, []) == before
    assert (1, ["email"]) == (code, sorted({str(one["kind"]) for one in found}))
    assert "[redacted:email:" in shown
    assert "fjordmail" not in shown
    assert "[redacted:card:" in shown


def test_a_class_that_there_is_not_is_told_with_its_line(tmp_path: Path) -> None:
    made = folder(tmp_path / "r")
    with (made.root / ".contextfs" / "config.toml").open("a") as settings:
        settings.write('\n[redact]\npersonal = ["names"]\n')

    told = made.ctx("memory", "add", "We deploy on Thursdays.")

    assert 0 != told.code
    assert "config.toml:" in told.err
    assert "names" in told.err
