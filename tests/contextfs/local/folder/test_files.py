"""Whatever happens to the files, nothing that somebody wrote is lost, and the store is in order after."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from contextfs.domain.memories.model import MemoryChange, NewMemory, Provenance
from contextfs.domain.memories.revisions import Fields, Revision
from contextfs.local.doctor.checks import checks
from contextfs.local.folder import reading, scan
from contextfs.local.model import MemoryQuery, Refreshed
from contextfs.local.place import Place, required
from tests.contextfs.local.places import PROJECT, Machine, long_ago


def faults(machine: Machine) -> list[str]:
    found = checks(required(machine.root), machine.open, environment=os.environ)
    return [f"{one.name}: {one.detail}" for one in found if one.state != "ok" and one.name != "merge driver"]


def bodies(machine: Machine, memory_id: UUID) -> set[str]:
    with machine.open() as store:
        shown = store.get(memory_id)
        return set(shown.bodies or [shown.content])


def elsewhere(machine: Machine, memory_id: UUID, **fields: object) -> Revision:
    """Make what another machine wrote on what is shown here."""
    with machine.open() as store:
        log = store.log(memory_id)
    state = msgspec.structs.replace(log[0].fields, **fields)
    return Revision(memory_id=memory_id, parents=(log[0].id,), fields=state, author="user:bob", clock=log[0].clock)


def test_an_edit_that_nobody_looked_at_survives_what_arrives(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    theirs = elsewhere(machine, memory, content="We use asyncpg.")
    machine.edit(memory, "psycopg", "pg8000")

    with machine.open() as store:
        store.take_in([theirs])
    machine.refresh()

    assert {"We use pg8000.", "We use asyncpg."} == bodies(machine, memory)
    assert all(text in machine.file(memory).read_text() for text in bodies(machine, memory))


def test_an_edit_that_nobody_looked_at_survives_a_new_proof(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    machine.edit(memory, "psycopg", "pg8000")

    with machine.open() as store:
        store.add(NewMemory(project_id=PROJECT, content="We use psycopg.", provenance=[Provenance(source="a")]))
        told = store.refresh()
        shown = store.get(memory)

    assert 1 == told.edited
    assert ("We use pg8000.", [{"source": "a"}]) == (shown.content, shown.provenance)
    assert "source: a" in machine.file(memory).read_text() or '"source": "a"' in machine.file(memory).read_text()
    assert [] == faults(machine)


def test_an_edit_that_nobody_looked_at_survives_a_deletion(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    machine.edit(memory, "psycopg", "pg8000")

    with machine.open() as store:
        store.remove(memory)
    machine.refresh()

    assert {"We use pg8000."} == bodies(machine, memory)


def test_a_file_that_is_being_mended_is_not_written_over(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    path = machine.file(memory)
    half = path.read_text().replace("type: fact\n---", "type: fact").replace("psycopg", "pg8000")
    path.write_text(half)

    with machine.open() as store:
        store.refresh()
        store.change(memory, MemoryChange(tags=["driver"]))
        kept = path.read_text()
        path.write_text(half.replace("type: fact", "type: fact\n---"))
        store.refresh()
        shown = store.get(memory)

    assert half == kept
    assert ("We use pg8000.", ["driver"]) == (shown.content, shown.tags)
    assert [] == faults(machine)


@pytest.mark.parametrize("left", [b"", b"\0" * 300, b" \n"])
def test_a_file_that_a_power_cut_emptied_is_written_again_and_told(machine: Machine, left: bytes) -> None:
    memory = machine.add("We use psycopg.")
    whole = machine.file(memory).read_bytes()
    machine.file(memory).write_bytes(left)
    long_ago(machine.file(memory))

    told = machine.refresh()

    assert Refreshed(repaired=1) == told
    assert whole == machine.file(memory).read_bytes()
    assert Refreshed() == machine.refresh()


def interrupted(machine: Machine, memory_id: UUID) -> None:
    """Leave a note as a process does that is killed before its file is safe."""
    with machine.open() as store:
        store.base.run(
            "insert into intents (tree, memory_id, owner) values (?, ?, 0)", (store.place.tree, str(memory_id))
        )


def gone(path: Path) -> None:
    path.unlink()


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40] + b"\0" * 60)
    long_ago(path)


def a_page(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4096])
    long_ago(path)


@pytest.mark.parametrize("harm", [gone, torn, a_page])
def test_a_file_that_was_lost_after_the_commit_is_written_again(machine: Machine, harm: Callable[[Path], None]) -> None:
    memory = machine.add("We use psycopg. " * 400)
    path = machine.file(memory)
    whole = path.read_bytes()
    interrupted(machine, memory)
    harm(path)

    told = machine.refresh()

    assert (1, (), 0) == (told.repaired, told.problems, told.deleted)
    assert whole == path.read_bytes()
    assert [] == faults(machine)


def all_of_it(local: Path) -> None:
    for path in local.glob("index.db*"):
        path.unlink()


def its_log(local: Path) -> None:
    for path in local.glob("index.db-*"):
        path.unlink()


def all_but_its_log(local: Path) -> None:
    (local / "index.db").unlink()


@pytest.mark.parametrize("harm", [all_of_it, its_log, all_but_its_log])
def test_a_database_that_was_lost_is_made_again_from_the_files(machine: Machine, harm: Callable[[Path], None]) -> None:
    """The copy is what lies on the disk while the store is open: with all that a log that is not merged yet holds."""
    memories = [machine.add(f"Fact number {number}.", tags=["a"]) for number in range(5)]
    copy = Machine(machine.root.parent / "copy", seed=2)
    with machine.open() as store:
        store.change(memories[0], MemoryChange(content="We changed our minds."))
        store.remove(memories[1])
        shutil.copytree(machine.root, copy.root)
    harm(copy.root / ".contextfs/local")

    copy.refresh()
    with copy.open() as store:
        found = {one.id: one.content for one in store.page(MemoryQuery())}
    with machine.open() as store:
        wanted = {one.id: one.content for one in store.page(MemoryQuery())}

    assert wanted == found
    assert machine.files() == copy.files()
    assert [] == faults(copy)


def test_two_memories_with_one_short_id_have_a_file_each(machine: Machine) -> None:
    one, two = UUID("0198f3c2-0000-7000-8000-509a4a588a6d"), UUID("0198f3c3-0000-7000-8000-509a4a588a6d")
    texts = {one: "We use psycopg.", two: "We use psycopg, and more."}
    with machine.open() as store:
        for memory_id in (one, two):
            store.add(NewMemory(project_id=PROJECT, content=texts[memory_id], title="The driver", id=memory_id))

    names = sorted(Path(path).name for path in machine.files())

    assert ["the-driver--0198f3c3000070008000509a4a588a6d.md", "the-driver--509a4a588a6d.md"] == names
    assert Refreshed() == machine.refresh()
    assert [] == faults(machine)


def test_two_files_that_people_gave_one_short_id_are_two_memories(machine: Machine) -> None:
    folder = machine.root / ".contextfs/memories/fact"
    folder.mkdir()
    for number, first in enumerate(("0198f3c2", "0198f3c3")):
        text = f"---\nid: {first}-0000-7000-8000-509a4a588a6d\n---\nFact {number}.\n"
        (folder / f"n{number}--509a4a588a6d.md").write_text(text)

    told = machine.refresh()
    with machine.open() as store:
        known = {one.content for one in store.page(MemoryQuery())}

    assert Refreshed(added=2) == told
    assert {"Fact 0.", "Fact 1."} == known
    assert [] == faults(machine)


def test_a_copy_of_an_earlier_time_brings_its_file_into_step(machine: Machine) -> None:
    """Two retitled it; of the later one a copy arrives that was made earlier: the other one is the last then."""
    memory = machine.add("We use psycopg.")
    with machine.open() as store:
        [first] = store.log(memory)
    sides = [
        Revision(
            memory_id=memory,
            parents=(first.id,),
            fields=Fields(type="fact", content="We use psycopg.", visibility="project", title=title),
            author=f"user:{title}",
            clock=f"2030-01-31T13:00:0{second}.000Z-0000",
        )
        for title, second in (("One", 5), ("Two", 7))
    ]
    with machine.open() as store:
        store.take_in(sides)
        before = machine.file(memory).read_text()
        store.take_in([msgspec.structs.replace(sides[1], clock="2030-01-31T13:00:03.000Z-0000")])

    assert "title: Two" in before
    assert "title: One" in machine.file(memory).read_text()
    assert [] == faults(machine)


def test_a_long_deletion_and_its_return_are_taken_in(repository: Machine) -> None:
    folder = repository.root / ".contextfs/memories/fact"
    folder.mkdir()
    for number in range(300):
        (folder / f"n{number}.md").write_text(f"Fact number {number}.\n")
    added = repository.refresh()
    repository.commit()
    repository.git("rm", "-rq", ".contextfs/memories")
    unsure = repository.refresh()
    with repository.open() as store:
        deleted = store.refresh(accept_missing=True)
    repository.git("checkout", "-q", "HEAD", "--", ".")
    back = repository.refresh()

    assert (300, 300, 300, 300) == (added.added, unsure.missing, deleted.deleted, back.revived)
    assert [] == faults(repository)


@pytest.mark.parametrize("number", [1000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_of_many_files_only_what_changed_is_read(
    machine: Machine, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = machine.root / ".contextfs/memories/fact"
    folder.mkdir()
    for one in range(number):
        (folder / f"n{one}.md").write_text(f"---\nid: 0198f3c2-0000-7000-8000-{one:012x}\n---\n\nFact number {one}.\n")
    added = machine.refresh()
    long_ago = [(path, path.stat().st_mtime_ns - 10**10) for path in folder.iterdir()]
    for path, when in long_ago:
        os.utime(path, ns=(when, when))
    machine.refresh()
    read: list[str] = []
    contents = reading.contents

    def counted(place: object, seen: object) -> bytes:
        read.append(repr(seen))
        return contents(place, seen)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(reading, "contents", counted)
    (folder / "n7.md").write_text("---\nid: 0198f3c2-0000-7000-8000-000000000007\n---\n\nAnother fact.\n")
    told, again = machine.refresh(), machine.refresh()

    assert (number, 1, Refreshed()) == (added.added, told.edited, again)
    assert len(read) <= 2


def test_what_another_process_adds_during_a_look_is_not_taken_for_deleted(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = machine.add("Before the look.")
    look = scan.look
    added: list[UUID] = []

    def slow(place: Place) -> Iterator[scan.Told]:
        listed = list(look(place))
        if not added:
            with machine.open() as other:
                new = NewMemory(project_id=PROJECT, content="During the look.")
                added.append(other.add(new).memory.id)
        return iter(listed)

    monkeypatch.setattr(scan, "look", slow)
    told = machine.refresh()
    monkeypatch.undo()
    machine.refresh()

    assert (told.deleted, told.missing) == (0, 0)
    assert [bodies(machine, one) for one in (first, *added)] == [{"Before the look."}, {"During the look."}]
