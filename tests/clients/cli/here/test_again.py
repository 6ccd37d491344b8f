"""`ctx status` tells its last report again, and never one that is not true any more."""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from clients.cli.here import again
from clients.hooks.fast import note
from tests.clients.cli.here.folder import Folder, folder

KEPT = ".contextfs/local/status.text"


@pytest.fixture(params=["Python", "git"])
def here(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Give a folder with two memories, whose files and database have been left alone for a while.

    Git tells whether they still are where there are many: here two are.
    """
    if request.param == "git":
        monkeypatch.setattr(again, "_WORTH_GIT", 2)
    made = folder(tmp_path / "r")
    made.ctx("memory", "add", "We use psycopg.")
    made.ctx("memory", "add", "The gateway listens on 8420.", "--private")
    made.commit("memories")
    then = time.time() - 2
    os.utime(made.root / ".git/index", (then, then))
    settle(made)
    return made


def settle(here: Folder) -> None:
    """Have files looked at, and looked at once more when they are not young any more, until nothing is noted anew."""
    for _ in range(3):
        time.sleep(0.11)
        here.ctx("status")


def is_told_again(here: Folder) -> bool:
    """Tell whether the next status is the kept report: a mark is put into it."""
    kept = here.root / KEPT
    report, *rest = kept.read_text().rsplit("\n", 3)
    kept.write_text("\n".join([f"{report}(kept)", *rest]))
    return here.ctx("status").out.endswith("(kept)")


def file_of(here: Folder, word: str) -> Path:
    return next(one for one in here.root.glob(".contextfs/**/*.md") if word in one.read_text())


def edit(here: Folder) -> None:
    file = file_of(here, "psycopg")
    told = file.stat()
    file.write_text(file.read_text().replace("psycopg", "pg8000!"))
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))


def rename_the_project(here: Folder) -> None:
    file = here.root / ".contextfs/config.toml"
    file.write_text(file.read_text().replace('name = "', 'name = "x'))


def go_on(here: Folder) -> None:
    """Note that a conversation went on, as a hook does."""
    note(str(here.root / ".contextfs/local/spool"), "codex", "Stop", str(here.root), {"session_id": "s"})


def share(here: Folder) -> None:
    """Change the database, and no file of a memory."""
    base = sqlite3.connect(here.root / ".contextfs/local/index.db")
    base.execute("insert into marks values ('sync lost', 'why') on conflict do update set value = 'why'")
    base.commit()
    base.close()


MOVES: dict[str, Callable[[Folder], object]] = {
    "a file is edited, to the same size and time": edit,
    "a private file is deleted": lambda here: file_of(here, "gateway").unlink(),
    "a memory is added": lambda here: here.ctx("memory", "add", "Another."),
    "a branch is checked out": lambda here: here.git("checkout", "-qb", "other"),
    "the settings change": rename_the_project,
    "the database changes": share,
    "a conversation goes on": go_on,
    "the store is switched off": lambda here: (here.root / ".contextfs/local/off").touch(),
    "the settings are gone": lambda here: (here.root / ".contextfs/config.toml").unlink(),
    "the folder is renamed": lambda here: here.root.rename(here.root.with_name("s")),
    "git takes it over": lambda here: (here.root / ".git").rename(here.root / "git"),
}


def test_a_report_is_told_again_while_nothing_moves(here: Folder) -> None:
    plain, second = here.ctx("status"), here.ctx("status")

    assert (0, plain) == (second.code, second)
    assert "2 memories" in second.out
    assert is_told_again(here)
    assert here.ctx("status", "--json").json["memories"] == 2
    assert here.ctx("status", "--json").json == here.ctx("status", "--json").json


@pytest.mark.parametrize("here", ["git"], indirect=True)
def test_where_there_are_many_git_is_asked(here: Folder) -> None:
    kept = here.root / KEPT
    report, local, _, clean = kept.read_text().rsplit("\n", 3)
    kept.write_text(f"{report}(kept)\n{local}\nnot what Python sees\n{clean}")

    assert here.ctx("status").out.endswith("(kept)")


FLAGS = {
    "taken for unchanged": ["update-index", "--assume-unchanged"],
    "taken for absent": ["update-index", "--skip-worktree"],
    "not tracked": ["rm", "--cached", "-q"],
}


@pytest.mark.parametrize("here", ["git"], indirect=True)
@pytest.mark.parametrize("flag", FLAGS)
def test_a_file_at_which_git_does_not_look_is_looked_at(here: Folder, flag: str) -> None:
    (here.root / ".gitignore").write_text("*.md\n")
    here.git(*FLAGS[flag], str(file_of(here, "psycopg")))
    here.commit()
    then = time.time() - 2
    os.utime(here.root / ".git/index", (then, then))
    settle(here)
    is_again = is_told_again(here)
    edit(here)

    assert is_again
    assert not here.ctx("status").out.endswith("(kept)")


@pytest.mark.parametrize("here", ["git"], indirect=True)
@pytest.mark.parametrize(("later", "is_asked"), [(0.9, False), (1.1, True)])
def test_git_is_asked_from_the_second_after_its_index_on(
    here: Folder, monkeypatch: pytest.MonkeyPatch, later: float, *, is_asked: bool
) -> None:
    at = int((here.root / ".git/index").stat().st_mtime)
    os.utime(here.root / ".git/index", (at, at))
    (here.root / KEPT).unlink()
    monkeypatch.setattr(again, "time", SimpleNamespace(time=lambda: at + later))
    settle(here)

    assert (not (here.root / KEPT).read_text().endswith("\n")) == is_asked


@pytest.mark.parametrize("here", ["git"], indirect=True)
def test_git_is_not_asked_where_its_index_is_large(here: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    (here.root / KEPT).unlink()
    monkeypatch.setattr(again, "_LARGEST_INDEX", 10)
    settle(here)

    assert (here.root / KEPT).read_text().endswith("\n")


@pytest.mark.parametrize("here", ["git"], indirect=True)
def test_a_repository_without_an_index_is_no_error(here: Folder) -> None:
    (here.root / ".git/index").unlink()
    (here.root / KEPT).unlink()

    assert (0, "") == (here.ctx("status").code, here.ctx("status").err)


@pytest.mark.parametrize("here", ["git"], indirect=True)
def test_a_second_later_git_knows_what_moved(here: Folder) -> None:
    """An index that is younger than all files: git goes by their times alone."""
    time.sleep(1.1)
    here.git("update-index", "--really-refresh")
    (here.root / "new").write_text("")
    here.git("add", "new")
    time.sleep(1.1)
    settle(here)
    is_by_git = not (here.root / KEPT).read_text().endswith("\n")
    edit(here)

    assert is_by_git
    assert not here.ctx("status").out.endswith("(kept)")
    assert "pg8000!" in file_of(here, "pg8000!").read_text()


def test_it_is_told_from_a_folder_below(here: Folder) -> None:
    (here.root / "below").mkdir()
    told = here.ctx("status")

    assert is_told_again(here)
    assert here.ctx("status", within="below").out == f"{told.out}(kept)"


@pytest.mark.parametrize("move", MOVES)
def test_it_is_made_anew_when(move: str, here: Folder) -> None:
    assert is_told_again(here)
    MOVES[move](here)
    if not here.root.exists():
        here.root = here.root.with_name("s")

    assert not here.ctx("status").out.endswith("(kept)")


def test_what_moved_just_now_is_not_kept(here: Folder) -> None:
    here.ctx("memory", "add", "A third.")
    (here.root / KEPT).unlink()
    now = time.time_ns()
    os.utime(file_of(here, "A third."), ns=(now, now + 10**10))
    here.ctx("status")

    assert not (here.root / KEPT).exists()


def test_what_a_person_has_to_do_is_told_each_time(here: Folder) -> None:
    (here.root / ".contextfs/memories/fact/broken.md").write_text("---\nid: [\n---\nx")
    settle(here)
    first, second = here.ctx("status"), here.ctx("status")

    assert (1, 1) == (first.code, second.code)
    assert "broken.md" in second.out


def test_a_torn_report_is_made_anew(here: Folder) -> None:
    kept = here.root / KEPT
    content = kept.read_bytes()
    for torn in (b"", content[:20], content[:-1], b"\xff\n\n\n", b"\0" * 40):
        kept.write_bytes(torn)

        assert "2 memories" in here.ctx("status").out
