"""A store that can only be read: how many of its files say something else than when it was written."""

import os
from shutil import copytree

from contextfs.local import place
from contextfs.local.base.connection import FILE, Base
from contextfs.local.store import LocalStore
from tests.contextfs.local.places import Machine, long_ago


def unseen(machine: Machine) -> int:
    found = place.required(machine.root)
    base = Base.as_it_is(found.local / FILE)
    with LocalStore(found, base, now=machine.tick, entropy=os.urandom, actor=lambda: "user:ann") as store:
        return store.refresh().unseen


def test_in_a_copy_with_other_times_only_what_says_something_else_is_counted(machine: Machine) -> None:
    kept, edited, gone = [machine.add(f"Fact {number}.") for number in range(3)]
    (machine.root / ".contextfs/memories/fact/link.md").symlink_to("nowhere")
    machine.refresh()
    copy = Machine(machine.root.parent / "copy")
    copytree(machine.root, copy.root, symlinks=True)
    for file in copy.root.glob(".contextfs/memories/fact/*.md"):
        if not file.is_symlink():
            long_ago(file)
    before = unseen(copy)
    copy.edit(edited, "Fact 1.", "Fact 9.")
    copy.file(gone).unlink()
    (copy.root / ".contextfs/memories/fact/new.md").write_text("Fact 4.\n")

    assert (0, 3) == (before, unseen(copy))
    assert copy.file(kept).read_text() == machine.file(kept).read_text()
