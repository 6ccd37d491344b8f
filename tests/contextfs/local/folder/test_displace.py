"""An editor may save between the last look at a file and the moment in which it is written over: nothing is lost."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from contextfs.domain.memories.model import MemoryChange
from contextfs.kit.errors import Unavailable
from contextfs.local.folder import displace
from contextfs.local.model import Refreshed
from tests.contextfs.local.places import Machine

Save = Callable[[Path, str], object]
can_exchange = pytest.mark.skipif(
    not sys.platform.startswith(("linux", "darwin")), reason="only Linux and macOS exchange files"
)
knows_writers = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux knows who writes")


def into(file: Path, text: str) -> None:
    """Save as some editors do: into the file that is there."""
    file.write_text(text)


def over(file: Path, text: str) -> None:
    """Save as others do: beside it, then by a rename."""
    beside = file.with_suffix(".new")
    beside.write_text(text)
    beside.rename(file)


def saved_in_between(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Have an editor save after the last look at a file, right before it changes places; once."""
    exchange, acts = displace._exchange(), [act]  # pyright: ignore[reportPrivateUsage] - the moment meant
    assert exchange is not None

    def late(one: bytes, other: bytes) -> int:
        for each in acts:
            each()
        acts.clear()
        return exchange(one, other)

    monkeypatch.setattr(displace, "_exchange", lambda: late)


def shown(machine: Machine, memory: UUID) -> tuple[str, list[str]]:
    with machine.open() as store:
        found = store.get(memory)
        return found.content, found.tags


@can_exchange
@pytest.mark.parametrize("save", [into, over])
def test_an_edit_right_before_the_rename_is_kept(machine: Machine, monkeypatch: pytest.MonkeyPatch, save: Save) -> None:
    memory = machine.add("We use psycopg.")
    file = machine.file(memory)
    edited = file.read_text().replace("psycopg", "pg8000")
    with machine.open() as store, monkeypatch.context() as patch:
        saved_in_between(patch, lambda: save(file, edited))
        store.change(memory, MemoryChange(tags=["driver"]))
    left = file.read_text()
    machine.refresh()

    assert edited == left
    assert ("We use pg8000.", ["driver"]) == shown(machine, memory)
    assert "pg8000" in machine.file(memory).read_text()
    assert Refreshed() == machine.refresh()


@can_exchange
def test_of_two_edits_the_later_one_is_kept(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = machine.add("We use psycopg.")
    file = machine.file(memory)
    text = file.read_text()
    exchange = displace._exchange()  # pyright: ignore[reportPrivateUsage] - as above
    assert exchange is not None
    saves = [text.replace("psycopg", "pg8000"), text.replace("psycopg", "asyncpg")]

    def late(one: bytes, other: bytes) -> int:
        if saves:
            over(file, saves.pop(0))
        return exchange(one, other)

    with machine.open() as store, monkeypatch.context() as patch:
        patch.setattr(displace, "_exchange", lambda: late)
        store.change(memory, MemoryChange(tags=["driver"]))
    machine.refresh()

    assert ("We use asyncpg.", ["driver"]) == shown(machine, memory)
    assert Refreshed() == machine.refresh()


@can_exchange
def test_a_file_that_is_deleted_right_before_the_rename_is_no_error(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = machine.add("We use psycopg.")
    file = machine.file(memory)
    with machine.open() as store, monkeypatch.context() as patch:
        saved_in_between(patch, file.unlink)
        store.change(memory, MemoryChange(tags=["driver"]))
    machine.refresh()

    assert ("We use psycopg.", ["driver"]) == shown(machine, memory)
    assert Refreshed() == machine.refresh()


@knows_writers
@pytest.mark.parametrize("is_removed", [False, True])
def test_a_file_that_an_editor_has_open_is_left_to_it(machine: Machine, *, is_removed: bool) -> None:
    """It has opened the file, and writes in the next moment: into what has no name any more, if it was displaced."""
    memory = machine.add("We use psycopg.")
    file = machine.file(memory)
    text = file.read_text()
    with file.open("r+") as editor:
        with machine.open() as store:
            if is_removed:
                store.remove(memory)
            else:
                store.change(memory, MemoryChange(tags=["driver"]))
        left = file.read_text()
        editor.write(text.replace("psycopg", "pg8000"))
        editor.truncate()
    machine.refresh()

    assert text == left
    assert ("We use pg8000.", [] if is_removed else ["driver"]) == shown(machine, memory)
    assert Refreshed() == machine.refresh()


@pytest.mark.parametrize("save", [into, over])
def test_an_edit_right_before_a_file_is_taken_away_is_kept(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, save: Save
) -> None:
    memory = machine.add("We use psycopg.")
    file = machine.file(memory)
    edited = file.read_text().replace("psycopg", "pg8000")
    replace, saves = os.replace, [edited]

    def late(one: str, other: str) -> None:
        if one == str(file):
            for text in saves:
                save(file, text)
            saves.clear()
        replace(one, other)

    with machine.open() as store, monkeypatch.context() as patch:
        patch.setattr(displace.os, "replace", late)
        store.remove(memory)
    machine.refresh()

    assert [] == saves
    assert "We use pg8000." == shown(machine, memory)[0]
    assert "pg8000" in machine.file(memory).read_text()
    assert Refreshed() == machine.refresh()


def test_a_file_that_came_where_none_was_stays(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.write_text("ours")
    looks: list[str] = []

    def late(path: str, *, lexists: Callable[[str], bool] = os.path.lexists) -> bool:
        is_there = lexists(path)
        theirs.write_text("theirs")
        return is_there

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(displace.os.path, "lexists", late)
        is_put = displace.put(str(ours), str(theirs), lambda path: not looks.append(path))

    assert (False, "theirs") == (is_put, theirs.read_text())


@pytest.mark.parametrize("link", [True, False])
def test_where_nothing_is_exchanged_files_are_written_all_the_same(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, *, link: bool
) -> None:
    def refuse(_: str, __: str) -> None:
        raise PermissionError

    monkeypatch.setattr(displace, "_exchange", lambda: None)
    if not link:
        monkeypatch.setattr(displace.os, "link", refuse)
    memory = machine.add("We use psycopg.")
    with machine.open() as store:
        store.change(memory, MemoryChange(content="We use asyncpg."))

    assert "We use asyncpg." in machine.file(memory).read_text()
    assert Refreshed() == machine.refresh()
    with machine.open() as store:
        store.remove(memory)
    assert {} == machine.files()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are pipes with names on Unix alone")
def test_a_pipe_is_told_and_nobody_waits_for_it(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    os.mkfifo(machine.root / ".contextfs/memories/fact/pipe.md")
    told = machine.refresh()
    file = machine.file(memory)
    file.unlink()
    os.mkfifo(file)

    assert ["is not a file: move it away"] == [one.reason for one in told.problems]
    with pytest.raises(Unavailable, match="is not a file"), machine.open() as store:
        store.change(memory, MemoryChange(tags=["driver"]))
    file.unlink()
    machine.refresh()
    assert ("We use psycopg.", ["driver"]) == shown(machine, memory)
