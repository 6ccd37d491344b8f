"""A glance sees whatever a look would have to take in."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from contextfs.local import place
from contextfs.local.base.connection import Base
from contextfs.local.folder import glance
from tests.contextfs.local.places import Machine


def settled(machine: Machine) -> Base:
    """Give the database of a machine whose files were looked at, and remembered as they are."""
    for file in machine.root.glob(".contextfs/**/*.md"):
        os.utime(file, ns=(10**18, 10**18))
    where = place.required(machine.root)
    state = glance.seen(where)
    machine.refresh()
    base = Base.open(where.local)
    glance.remember(base, where, state)
    return base


def edit(file: Path) -> None:
    told = file.stat()
    file.write_text(file.read_text().replace("One", "Two"))
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns + 1))


def copied(file: Path) -> None:
    other = file.with_name("copy.md")
    other.write_text(file.read_text())
    os.utime(other, ns=(10**18, 10**18))


CHANGES: dict[str, Callable[[Path], object]] = {
    "edited in place, to the same size": edit,
    "gone": Path.unlink,
    "renamed": lambda file: file.rename(file.with_name("other.md")),
    "new": copied,
    "touched": lambda file: os.utime(file, ns=(10**18, 10**18 + 5)),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("visibility", ["project", "private"])
def test_every_change_is_seen(change: str, visibility: str, machine: Machine) -> None:
    memory = machine.add("One.", visibility=visibility)
    base, where = settled(machine), place.required(machine.root)
    before = glance.is_as_before(base, where, glance.seen(where))
    CHANGES[change](machine.file(memory))

    assert (True, False) == (before, glance.is_as_before(base, where, glance.seen(where)))


def test_what_moves_right_now_is_not_trusted(machine: Machine) -> None:
    memory = machine.add("One.")
    base, where = settled(machine), place.required(machine.root)
    now = time.time_ns()
    os.utime(machine.file(memory), ns=(now, now))

    assert glance.seen(where) is None
    assert not glance.is_as_before(base, where, None)


def test_a_commit_is_seen(repository: Machine) -> None:
    repository.add("One.")
    repository.commit("one")
    base, where = settled(repository), place.required(repository.root)
    before = glance.is_as_before(base, where, glance.seen(where))
    (repository.root / "other").write_text("x")
    repository.commit("two")

    assert (True, False) == (before, glance.is_as_before(base, where, glance.seen(where)))


def test_an_interrupted_command_is_seen(machine: Machine) -> None:
    machine.add("One.")
    base, where = settled(machine), place.required(machine.root)
    base.run("insert into intents (tree, memory_id) values (?, 'x')", [where.tree])

    assert not glance.is_as_before(base, where, glance.seen(where))
