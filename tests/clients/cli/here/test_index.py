"""An index that is asked while another process still looks at the files: it answers of the files as they are."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.cli.here import index
from contextfs.local import place
from contextfs.local.folder import ahead, glance, settled
from contextfs.local.search.index import LocalIndex
from contextfs.local.search.model import Wanted
from tests.clients.cli.here.folder import Folder, folder

WANTED = Wanted(query="gateway port", mode="lexical")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    """Stand in a store that counts as large, and whose index knows all of its files."""
    made = folder(tmp_path / "here", git=False)
    made.variables["CONTEXTFS_BACKGROUND"] = "off"
    made.ctx("memory", "add", "The gateway listens on port 8420.")
    for _ in range(2):
        time.sleep(0.11)  # a file that is younger may change once more in the same tick of its clock
        made.ctx("search", "gateway", "--mode", "lexical")
    monkeypatch.setattr(ahead, "_WORTH_HELP", 1)
    monkeypatch.setattr(glance, "may_fork", lambda: True)
    monkeypatch.chdir(made.root)
    yield made
    settled.glanced(place.required(made.root))  # none is left behind


def edit(here: Folder) -> None:
    [file] = (one for one in here.root.glob(".contextfs/memories/*/*.md") if "8420" in one.read_text())
    file.write_text(file.read_text().replace("8420", "9999"))
    os.utime(file, ns=(10**18, 10**18))


def found(one: LocalIndex) -> list[str]:
    return [hit.snippet for hit in one.search(WANTED).hits]


def test_it_is_asked_once_where_nothing_moved(here: Folder) -> None:
    asked: list[list[str]] = []
    ahead.begin()
    index.answered(place.required(here.root), lambda one: asked.append(found(one)))

    assert [["The gateway listens on port 8420."]] == asked


def test_what_was_edited_before_is_found(here: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    edit(here)
    ahead.begin()
    is_under_way = settled.is_under_way(place.required(here.root))
    told = index.answered(place.required(here.root), found)

    assert is_under_way
    assert ["The gateway listens on port 9999."] == told
    assert "Taken in from the files: 1 edited." in capsys.readouterr().err


def test_what_another_process_takes_in_during_the_question_is_found(here: Folder) -> None:
    edit(here)
    ahead.begin()
    asked: list[list[str]] = []

    def ask(one: LocalIndex) -> list[str]:
        asked.append(found(one))
        if len(asked) == 1:
            here.program("search", "gateway", "--mode", "lexical")
        return asked[-1]

    told = index.answered(place.required(here.root), ask)

    assert [["The gateway listens on port 8420."], ["The gateway listens on port 9999."]] == asked
    assert asked[-1] == told


def test_a_program_that_searches_finds_what_was_edited(here: Folder) -> None:
    here.ctx("memory", "add", "Filler that makes it large.")
    with (here.root / ".contextfs/local/index.db").open("ab") as file:
        file.truncate(9_000_000)  # the size is all that tells how large a store is before it is opened
    edit(here)
    told = here.program("search", "gateway port", "--mode", "lexical")

    assert (0, True) == (told.code, "port 9999" in told.out)
