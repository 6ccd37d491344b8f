"""A glance sees whatever a look would have to take in."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from contextfs.local import place
from contextfs.local.base.connection import Base
from contextfs.local.folder import glance
from contextfs.local.folder import settled as kept
from tests.contextfs.local.places import Machine


def settled(machine: Machine) -> Base:
    """Give the database of a machine whose files were looked at, and remembered as they are."""
    gits = [Path(one) for one in glance.git_files(str(machine.root))]
    for file in [*machine.root.glob(".contextfs/**/*.md"), *gits]:
        os.utime(file, ns=(10**18, 10**18))
    where = place.required(machine.root)
    state = kept.glanced(where)
    machine.refresh()
    base = Base.open(where.local)
    kept.settle(base, where, state)
    return base


def edit(file: Path) -> None:
    told = file.stat()
    file.write_text(file.read_text().replace("One", "Two"))
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns + 1))


def copied(file: Path) -> None:
    other = file.with_name("copy.md")
    other.write_text(file.read_text())
    os.utime(other, ns=(10**18, 10**18))


def edited_unseen(file: Path) -> None:
    """Edit a file to the same size, and put its time back: only its inode tells."""
    told = file.stat()
    file.write_text(file.read_text().replace("One", "Two"))
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))


def replaced_by_link(file: Path) -> None:
    file.parent.rename(file.parent.with_name("elsewhere"))
    file.parent.symlink_to(file.parent.with_name("elsewhere"))


CHANGES: dict[str, Callable[[Path], object]] = {
    "edited in place, to the same size": edit,
    "edited in place, to the same size and time": edited_unseen,
    "gone": Path.unlink,
    "beside the folders": lambda file: (file.parent.parent / "stray.md").write_text("Stray."),
    "a link instead of its folder": replaced_by_link,
    "renamed": lambda file: file.rename(file.with_name("other.md")),
    "new": copied,
    "touched": lambda file: os.utime(file, ns=(10**18, 10**18 + 5)),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("visibility", ["project", "private"])
def test_every_change_is_seen(change: str, visibility: str, machine: Machine) -> None:
    memory = machine.add("One.", visibility=visibility)
    base, where = settled(machine), place.required(machine.root)
    before = kept.is_settled(base, where, kept.glanced(where))
    CHANGES[change](machine.file(memory))

    assert (True, False) == (before, kept.is_settled(base, where, kept.glanced(where)))


def test_what_moves_right_now_is_not_trusted(machine: Machine) -> None:
    memory = machine.add("One.")
    base, where = settled(machine), place.required(machine.root)
    now = time.time_ns() + 60_000_000_000  # however long it takes until the glance
    os.utime(machine.file(memory), ns=(now, now))

    assert kept.glanced(where) is None
    assert not kept.is_settled(base, where, None)


def test_a_commit_is_seen(repository: Machine) -> None:
    repository.add("One.")
    repository.commit("one")
    base, where = settled(repository), place.required(repository.root)
    before = kept.is_settled(base, where, kept.glanced(where))
    (repository.root / "other").write_text("x")
    repository.commit("two")

    assert (True, False) == (before, kept.is_settled(base, where, kept.glanced(where)))


def test_an_interrupted_command_is_seen(machine: Machine) -> None:
    machine.add("One.")
    base, where = settled(machine), place.required(machine.root)
    base.run("insert into intents (tree, memory_id) values (?, 'x')", [where.tree])

    assert not kept.is_settled(base, where, kept.glanced(where))


def test_two_processes_see_what_one_sees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fact").mkdir()
    for number in range(7):
        file = tmp_path / "fact" / f"{number}.md"
        file.write_text(f"{number}")
        os.utime(file, ns=(10**18, 10**18))
    by_one = glance.seen([str(tmp_path)], [])
    monkeypatch.setattr(glance, "_WORTH_HELP", 1)
    by_two = glance.seen([str(tmp_path)], [])
    (tmp_path / "fact" / "6.md").chmod(0o600)
    os.utime(tmp_path / "fact" / "6.md", ns=(10**18, 10**18))

    assert by_one is not None
    assert by_one == by_two
    assert by_two != glance.seen([str(tmp_path)], [])


def test_what_moves_in_the_half_of_the_other_process_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fact").mkdir()
    for number in range(8):
        (tmp_path / "fact" / f"{number}.md").write_text("x")
    monkeypatch.setattr(glance, "_WORTH_HELP", 1)
    entries = [entry.path for entry in os.scandir(tmp_path / "fact")]
    for path in entries[:-1]:
        os.utime(path, ns=(10**18, 10**18))
    now = time.time_ns() + 60_000_000_000  # however long it takes until the glance
    os.utime(entries[-1], ns=(now, now))

    assert glance.seen([str(tmp_path)], []) is None
