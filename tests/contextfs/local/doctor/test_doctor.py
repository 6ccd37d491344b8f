"""Each thing that can be wrong with a store is found, with its cure; a store in order has nothing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from contextfs.domain.memories.model import NewMemory
from contextfs.local.doctor.checks import checks
from contextfs.local.doctor.model import Check
from contextfs.local.place import required
from tests.contextfs.local.places import PROJECT, Machine
from tests.contextfs.local.setup.machines import bare, set_up

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.fixture
def ready(tmp_path: Path) -> Machine:
    """Give a repository with a store and two memories, committed."""
    machine = bare(tmp_path / "r")
    machine.git("init", "-q")
    set_up(machine)
    machine.add("We use psycopg.")
    machine.add("Only mine.", visibility="private")
    machine.commit()
    return machine


def look(machine: Machine, *, repair: bool = False) -> list[Check]:
    environment = {"PATH": str(Path(shutil.which("sh") or "/bin/sh").parent)}
    return checks(required(machine.root), machine.open, environment=environment, repair=repair)


def wrong(machine: Machine) -> list[tuple[str, str]]:
    return [(one.name, one.state) for one in look(machine) if one.state != "ok"]


def test_a_store_in_order_has_nothing(ready: Machine) -> None:
    found = look(ready)

    assert wrong(ready) == []
    assert [one.name for one in found] == [
        *("settings", "folder", "left over", "merge driver", "attributes", "ignored", "tracked"),
        *("database", "unfinished", "files", "conflicts", "in step", "search", "records"),
    ]
    assert all(one.detail and not one.cure for one in found)


def test_a_store_outside_git_has_nothing(machine: Machine) -> None:
    machine.add("We use psycopg.")

    assert wrong(machine) == []


def half(machine: Machine) -> None:
    (machine.root / ".contextfs/config.toml").write_text("format = 1\n[")


def newer(machine: Machine) -> None:
    (machine.root / ".contextfs/config.toml").write_text("format = 99\n")


def untracked(machine: Machine) -> None:
    machine.git("add", "-f", ".contextfs/local/memories")


def hidden(machine: Machine) -> None:
    (machine.root / ".gitignore").write_text(".contextfs/memories\n")


def shown(machine: Machine) -> None:
    (machine.root / ".contextfs/.gitignore").write_text("")
    (machine.root / ".contextfs/local/.gitignore").unlink()


def unmerged(machine: Machine) -> None:
    machine.git("config", "--remove-section", "merge.contextfs")


def moved(machine: Machine) -> None:
    machine.git("config", "merge.contextfs.driver", "/nowhere/ctx git-merge %O %A %B %P")


def plain(machine: Machine) -> None:
    (machine.root / ".contextfs/.gitattributes").write_text("memories/**/*.md text eol=lf\n")


def spooled(machine: Machine) -> None:
    (machine.root / ".contextfs/local/spool").mkdir()
    (machine.root / ".contextfs/local/spool/codex-1.json.failed").write_text("x")


def test_notes_of_conversations_that_wait_are_no_fault(ready: Machine) -> None:
    (ready.root / ".contextfs/local/spool").mkdir()
    for name in ("codex-1.json", "codex-2.json.taken"):
        (ready.root / ".contextfs/local/spool" / name).write_text("x")
    found = [one for one in look(ready) if one.name == "left over"]

    assert [("ok", "2 conversations noted, read with the next one")] == [(one.state, one.detail) for one in found]


def stopped(machine: Machine) -> None:
    (machine.root / ".contextfs/local/tmp/99").write_text("x")


def broken(machine: Machine) -> None:
    next((machine.root / ".contextfs/memories/fact").iterdir()).write_text("---\nx")


def secret(machine: Machine) -> None:
    (machine.root / ".contextfs/memories/fact/new.md").write_text(f"The token is {SECRET}.")


def conflicted(machine: Machine) -> None:
    path = next((machine.root / ".contextfs/memories/fact").iterdir())
    path.write_text(path.read_text().replace("We use psycopg.\n", "<<<<<<< a\nOne.\n=======\nTwo.\n>>>>>>> b\n"))


def damaged(machine: Machine) -> None:
    (machine.root / ".contextfs/local/index.db").write_bytes(b"no database" * 1000)


def elsewhere(machine: Machine) -> None:
    with machine.open() as store:
        store.base.run("insert into intents (tree, memory_id) values ('worktree x', 'y')")


@pytest.mark.parametrize(
    ("harm", "found", "cure"),
    [
        (half, ("settings", "fail"), "mend that line"),
        (newer, ("settings", "fail"), "update ctx"),
        (untracked, ("tracked", "fail"), "git rm -r --cached"),
        (hidden, ("ignored", "warn"), "git check-ignore -v"),
        (shown, ("ignored", "fail"), "ctx init"),
        (unmerged, ("merge driver", "warn"), "ctx init"),
        (moved, ("merge driver", "warn"), "ctx init"),
        (plain, ("attributes", "warn"), "ctx init"),
        (spooled, ("left over", "warn"), "ctx import"),
        (stopped, ("left over", "warn"), "delete them"),
        (broken, ("files", "fail"), "mend the file"),
        (secret, ("files", "fail"), "mend the file"),
        (conflicted, ("conflicts", "warn"), "ctx conflicts"),
        (damaged, ("database", "fail"), "move it away"),
        (elsewhere, ("unfinished", "warn"), "in that worktree"),
    ],
)
def test_what_is_wrong_is_found_with_its_cure(
    ready: Machine, harm: Callable[[Machine], None], found: tuple[str, str], cure: str
) -> None:
    harm(ready)

    faults = [one for one in look(ready) if one.state != "ok"]

    assert [(one.name, one.state) for one in faults] == [found]
    assert cure in faults[0].cure
    assert "\n" not in faults[0].detail


def test_a_setting_that_is_not_known_is_told(ready: Machine) -> None:
    path = ready.root / ".contextfs/config.toml"
    path.write_text(path.read_text() + "\n[serch]\nx = 1\n")

    assert wrong(ready) == [("settings", "warn")]


def test_a_memory_without_its_file_is_found_and_mended(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    with machine.open() as store:
        store.base.run("delete from files")
    machine.file(memory).unlink()

    before = wrong(machine)
    look(machine, repair=True)

    assert before == [("in step", "fail")]
    assert wrong(machine) == []
    assert "We use psycopg." in machine.file(memory).read_text()


def test_a_memory_of_another_branch_is_in_order(ready: Machine) -> None:
    ready.git("switch", "-qc", "feature")
    ready.add("We use asyncpg.")
    ready.commit()
    ready.refresh()
    ready.git("switch", "-q", "main")

    [told] = [one for one in look(ready) if one.name == "in step"]

    assert (told.state, told.detail) == ("ok", "1 memory is not in this branch")


def test_an_interrupted_command_is_finished_by_looking(ready: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("contextfs.local.folder.stepping.finish", cut)
        with ready.open() as store, pytest.raises(KeyboardInterrupt):
            store.add(NewMemory(project_id=PROJECT, content="We use asyncpg."))

    assert wrong(ready) == []


def test_after_merges_and_switches_the_store_is_in_order(ready: Machine) -> None:
    memory = ready.add("We test with pytest.")
    ready.commit()
    ready.git("switch", "-qc", "feature")
    ready.edit(memory, "pytest", "unittest")
    ready.refresh()
    ready.commit()
    ready.git("switch", "-q", "main")
    ready.edit(memory, "type: fact", "type: fact\ntags: [tests]")
    ready.refresh()
    ready.commit()
    ready.git("merge", "-q", "--no-edit", "feature")

    assert wrong(ready) == []
    assert ready.git("status", "--porcelain") == ""
