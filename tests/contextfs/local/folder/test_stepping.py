"""Files are brought into step: by what is known when they are written, in parts, and whatever stops it."""

import os
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contextfs.domain.memories.model import MemoryChange, NewMemory
from contextfs.domain.memories.revisions import Fields, Revision
from contextfs.kit.errors import Unavailable
from contextfs.local.folder import stepping, write
from contextfs.local.folder.stepping import Text
from contextfs.local.model import Refreshed
from tests.contextfs.local.places import PROJECT, Machine, long_ago

_CLOCK = "2030-01-31T12:00:00.000Z-0000"


def theirs(number: int, **fields: str) -> Revision:
    memory_id = UUID(f"0198f3c2-0000-7000-8000-0000000{number:05}")
    state = msgspec.structs.replace(Fields(type="fact", content=f"Fact {number}.", visibility="project"), **fields)
    return Revision(memory_id=memory_id, fields=state, author="user:zoe", clock=_CLOCK)


def test_a_text_that_was_made_before_another_change_is_not_written(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    with machine.open() as store:
        before = store.base.one("select heads from memories") or {}
        store.change(memory, MemoryChange(content="We use asyncpg."))
        with store.base.transaction():
            stepping.intend(store.base, store.place, [memory])
        stepped = stepping.step(store.base, store.place, [memory], {str(memory): Text(before["heads"], b"old")})
        stepping.finish(store.base, store.place, [], before=stepped)

    assert "We use asyncpg." in machine.file(memory).read_text()
    assert Refreshed() == machine.refresh()


def test_what_came_in_parts_is_noted_until_all_of_it_is_safe(machine: Machine) -> None:
    with machine.open() as store:
        store.take_in([theirs(number) for number in range(60)], more=True)
        store.take_in([theirs(number) for number in range(60, 120)], more=True)
        written, noted = len(machine.files()), len(stepping.pending(store.base, store.place))
        store.write_due()
        left = stepping.pending(store.base, store.place)

    assert (120, 120) == (written, noted)
    assert [] == left
    assert Refreshed() == machine.refresh()


def test_a_pull_that_is_stopped_between_two_parts_is_finished_by_the_next_look(machine: Machine) -> None:
    with machine.open() as store:
        store.take_in([theirs(number) for number in range(20)], more=True)
        for path in [*machine.files()][::2]:  # what a power cut does to a file that was not flushed
            (machine.root / ".contextfs" / path).write_bytes(b"")
            long_ago(machine.root / ".contextfs" / path)
    machine.refresh()

    with machine.open() as store:
        assert [] == stepping.pending(store.base, store.place)
    assert all((machine.root / ".contextfs" / path).read_bytes() for path in machine.files())
    assert Refreshed() == machine.refresh()


@pytest.mark.parametrize("order", [1, -1])
def test_two_that_arrive_at_once_with_one_short_id_have_a_file_each(machine: Machine, order: int) -> None:
    one = theirs(1, title="The driver")
    two = msgspec.structs.replace(one, memory_id=UUID(int=one.memory_id.int + (1 << 96)))
    with machine.open() as store:
        store.take_in([one, two][::order])

    assert 2 == len(machine.files())
    assert Refreshed() == machine.refresh()


def test_sides_that_are_known_by_earlier_clocks_are_shown_by_these(machine: Machine) -> None:
    first = theirs(1)
    sides = [
        Revision(
            memory_id=first.memory_id,
            parents=(first.id,),
            fields=msgspec.structs.replace(first.fields, title=title),
            author="user:zoe",
            clock=f"2030-01-31T13:00:0{second}.000Z-0000",
        )
        for title, second in (("One", 5), ("Two", 3))
    ]
    later = msgspec.structs.replace(sides[1], clock="2030-01-31T13:00:07.000Z-0000")
    with machine.open() as store:
        store.take_in([first, *sides])
        store.take_in([first, sides[0], later])

    assert "title: One" in machine.file(first.memory_id).read_text()
    assert Refreshed() == machine.refresh()


def test_a_file_that_says_it_already_is_not_touched(machine: Machine) -> None:
    """Another process brought it into step meanwhile, and a person may have it open."""
    memory = machine.add("We use psycopg.")
    before = machine.file(memory).stat()
    with machine.open() as store:
        with store.base.transaction():
            stepping.intend(store.base, store.place, [memory])
        in_step = stepping.finish(store.base, store.place, [memory])
    after = machine.file(memory).stat()

    assert {memory} == in_step
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert Refreshed() == machine.refresh()


def test_an_edit_while_the_new_file_is_being_written_is_kept(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = machine.add("We use psycopg.")
    file, written = machine.file(memory), write._written  # pyright: ignore[reportPrivateUsage] - the moment meant

    def meanwhile(*args: Any, **kwargs: Any) -> os.stat_result:
        told = written(*args, **kwargs)
        file.write_text(file.read_text().replace("psycopg", "pg8000"))
        return told

    with machine.open() as store, monkeypatch.context() as patch:
        patch.setattr(write, "_written", meanwhile)
        store.change(memory, MemoryChange(tags=["driver"]))
    machine.refresh()
    with machine.open() as store:
        shown = store.get(memory)

    assert ("We use pg8000.", ["driver"]) == (shown.content, shown.tags)
    assert "pg8000" in machine.file(memory).read_text()


def test_a_file_that_an_editor_has_just_opened_is_not_taken_for_torn(machine: Machine) -> None:
    """Most editors empty a file first, and write into it then; between the two others may look."""
    memory = machine.add("We use psycopg.")
    file = machine.file(memory)
    text = file.read_text()
    with file.open("w") as editor:
        told, left = machine.refresh(), file.read_bytes()
        editor.write(text.replace("psycopg", "pg8000"))
    machine.refresh()
    with machine.open() as store:
        shown = store.get(memory).content

    assert (Refreshed(), b"") == (told, left)
    assert "We use pg8000." == shown
    assert "pg8000" in file.read_text()
    assert Refreshed() == machine.refresh()


def test_a_change_whose_file_a_link_would_lead_away_is_said_to_be_stored(machine: Machine, tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", machine.root / ".contextfs/memories/decision"
    outside.mkdir()
    folder.symlink_to(outside)

    said = r"is stored, and its file follows .* replace the link by a folder"
    with machine.open() as store, pytest.raises(Unavailable, match=said):
        store.add(NewMemory(content="We deploy on Thursdays.", type="decision", project_id=PROJECT))
    folder.unlink()
    machine.refresh()

    assert [*outside.iterdir()] == []
    assert 1 == len([*folder.glob("*.md")])
