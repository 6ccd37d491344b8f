"""Real git merges memories by meaning, on every machine to the same bytes, and nothing is lost on the way."""

from pathlib import Path
from uuid import UUID

import pytest

from contextfs.domain.memories.model import MemoryChange
from contextfs.local.document.text import MARKER
from contextfs.local.model import Refreshed
from contextfs.local.setup.driver import command, program
from tests.contextfs.local.places import Machine
from tests.contextfs.local.setup.machines import around, cloned


def change(machine: Machine, memory: UUID, **values: object) -> None:
    """Change a memory by a command, and commit it."""
    with machine.open() as store:
        store.refresh()
        store.change(memory, MemoryChange(**values))  # pyright: ignore[reportArgumentType]
    machine.commit()


def parted(machine: Machine, memory: UUID, ours: dict[str, object], theirs: dict[str, object]) -> None:
    """Let two branches change one memory; `main` is checked out then, and both were looked at."""
    machine.commit()
    machine.git("switch", "-qc", "feature")
    change(machine, memory, **theirs)
    machine.git("switch", "-q", "main")
    machine.refresh()
    path = machine.file(memory)
    before = path.read_text()
    machine.git("switch", "-q", "feature")
    machine.refresh()
    machine.git("switch", "-q", "main")
    assert path.read_text() == before
    machine.refresh()
    for old, new in ours.items():
        machine.edit(memory, old, str(new))
    machine.refresh()
    machine.commit()


def bodies(machine: Machine, memory: UUID) -> set[str]:
    with machine.open() as store:
        shown = store.get(memory)
    return set(shown.bodies or [shown.content])


def exchange(one: Machine, other: Machine, memory: UUID) -> None:
    """Give each machine the revisions of the other, as a server does."""
    with one.open() as left, other.open() as right:
        here, there = list(left.log(memory)), list(right.log(memory))
        left.take_in(there)
        right.take_in(here)


def two(ready: Machine, tmp_path: Path, **fields: object) -> tuple[Machine, UUID]:
    memory = ready.add("We use psycopg.", title="Driver", tags=["a"], **fields)
    ready.commit()
    clone = cloned(ready, tmp_path / "clone", 2)
    clone.refresh()
    return clone, memory


def test_two_machines_that_change_one_memory_meet_without_marks(ready: Machine, tmp_path: Path) -> None:
    clone, memory = two(ready, tmp_path)
    change(ready, memory, title="The driver", tags=["a", "b"])
    change(clone, memory, content="We use asyncpg.", tags=[])

    clone.git("pull", "-q", "--no-rebase", "--no-edit")
    told = clone.refresh()
    with clone.open() as store:
        shown = store.get(memory)

    assert (told.edited, told.problems) == (1, ())
    assert (shown.title, shown.content, shown.tags, shown.conflicted) == ("The driver", "We use asyncpg.", ["b"], False)
    assert clone.git("status", "--porcelain") == ""


def test_machines_that_merge_the_same_have_the_same(ready: Machine, tmp_path: Path) -> None:
    clone, memory = two(ready, tmp_path)
    change(ready, memory, content="We use pg8000.", confidence=0.5)
    change(clone, memory, content="We use asyncpg.", confidence=0.7, pinned=True)

    ready.git("fetch", "-q", str(clone.root), "main")
    ready.git("merge", "-q", "--no-edit", "FETCH_HEAD")
    clone.git("fetch", "-q")
    clone.git("merge", "-q", "--no-edit", "origin/main~1")
    told = [ready.refresh(), clone.refresh()]
    files = [machine.files() for machine in (ready, clone)]
    exchange(ready, clone, memory)
    with ready.open() as left, clone.open() as right:
        views = [store.get(memory) for store in (left, right)]

    assert told == [Refreshed(edited=1)] * 2
    assert files[0] == files[1] == ready.files() == clone.files()
    assert views[0].version == views[1].version
    assert set(views[0].bodies) == {"We use pg8000.", "We use asyncpg."}
    assert [machine.git("status", "--porcelain") for machine in (ready, clone)] == ["", ""]


def test_a_merge_that_arrives_is_the_merge_that_was_made(ready: Machine, tmp_path: Path) -> None:
    clone, memory = two(ready, tmp_path)
    change(ready, memory, content="We use pg8000.")
    change(clone, memory, content="We use asyncpg.")
    clone.git("pull", "-q", "--no-rebase", "--no-edit")
    clone.refresh()

    ready.git("pull", "-q", "--ff-only", str(clone.root), "main")
    told = ready.refresh()
    exchange(ready, clone, memory)

    assert told == Refreshed(edited=1)
    assert ready.files() == clone.files()
    assert bodies(ready, memory) == bodies(clone, memory) == {"We use pg8000.", "We use asyncpg."}
    assert ready.git("status", "--porcelain") == ""


def test_two_new_texts_are_a_conflict_of_the_memory_and_none_of_git(ready: Machine) -> None:
    memory = ready.add("We use psycopg.")
    parted(ready, memory, {"psycopg": "pg8000"}, {"content": "We use asyncpg."})

    printed = ready.git("merge", "--no-edit", "feature")
    told = ready.refresh()
    text = ready.file(memory).read_text()

    assert "CONFLICT" not in printed
    assert bodies(ready, memory) == {"We use pg8000.", "We use asyncpg."}
    assert MARKER in text
    assert "<<<<<<<" not in text
    assert told.problems == ()
    assert ready.git("status", "--porcelain") == ""


@pytest.mark.parametrize("how", [["rebase", "-q", "feature"], ["cherry-pick", "feature"]])
def test_other_ways_of_git_to_bring_things_together_keep_both(ready: Machine, how: list[str]) -> None:
    memory = ready.add("We use psycopg.")
    parted(ready, memory, {"psycopg": "pg8000"}, {"content": "We use asyncpg.", "tags": ["x"]})

    ready.git(*how)
    ready.refresh()
    with ready.open() as store:
        shown = store.get(memory)

    assert set(shown.bodies) == {"We use pg8000.", "We use asyncpg."}
    assert shown.tags == ["x"]


def test_a_stash_that_returns_to_a_newer_state_keeps_both(ready: Machine) -> None:
    memory = ready.add("We use psycopg.")
    ready.commit()
    ready.edit(memory, "psycopg", "pg8000")
    ready.git("stash", "-q")
    ready.edit(memory, "psycopg", "asyncpg")
    ready.refresh()
    ready.commit()

    ready.git("stash", "pop", "-q")
    ready.refresh()

    assert bodies(ready, memory) == {"We use pg8000.", "We use asyncpg."}


def test_a_version_that_cannot_be_read_is_left_between_marks_and_told(ready: Machine) -> None:
    memory = ready.add("We use psycopg.")
    ready.commit()
    ready.git("switch", "-qc", "feature")
    ready.edit(memory, "type: fact", "type: fact\nbroken")
    ready.commit()
    ready.git("switch", "-q", "main")
    change(ready, memory, content="We use asyncpg.")

    printed = ready.git("merge", "feature", check=False)
    told = ready.refresh()
    text = ready.file(memory).read_text()

    assert "CONFLICT" in printed
    assert "<<<<<<< ours" in text
    assert all(line in text for line in ("We use psycopg.", "We use asyncpg.", "broken"))
    assert len(told.problems) == 1
    assert bodies(ready, memory) == {"We use asyncpg."}


def test_where_ctx_was_taken_away_git_merges_lines(ready: Machine) -> None:
    memory = ready.add("We use psycopg.")
    ready.git("config", "merge.contextfs.driver", command("/nowhere/ctx"))
    parted(ready, memory, {"psycopg": "pg8000"}, {"content": "We use asyncpg."})

    printed = ready.git("merge", "feature", check=False)
    ready.refresh()

    assert "CONFLICT" in printed
    assert {"We use pg8000.", "We use asyncpg."} <= written(ready, memory)


def written(machine: Machine, memory: UUID) -> set[str]:
    """Collect every text that the history of a memory holds."""
    with machine.open() as store:
        return {text for one in store.log(memory) for text in one.fields.bodies}


def test_without_the_driver_nothing_is_lost(ready: Machine) -> None:
    memory = ready.add("We use psycopg.")
    ready.git("config", "--remove-section", "merge.contextfs")
    parted(ready, memory, {"psycopg": "pg8000"}, {"content": "We use asyncpg."})

    ready.git("merge", "feature", check=False)
    ready.refresh()

    assert {"We use pg8000.", "We use asyncpg."} <= written(ready, memory)
    assert "<<<<<<<" not in ready.file(memory).read_text()


def test_a_memory_that_both_sides_gave_another_title_is_told_and_whole(ready: Machine) -> None:
    memory = ready.add("We use psycopg.", title="Driver")
    ready.commit()
    ready.git("switch", "-qc", "feature")
    change(ready, memory, title="One")
    ready.git("switch", "-q", "main")
    ready.refresh()
    ready.edit(memory, "title: Driver", "title: Two")
    ready.refresh()
    ready.commit()

    ready.git("merge", "-q", "--no-edit", "feature")
    told = ready.refresh()

    assert told.problems == ()
    assert bodies(ready, memory) == {"We use psycopg."}


def test_a_file_that_both_sides_named_anew_is_told_with_its_cure(ready: Machine, tmp_path: Path) -> None:
    clone, memory = two(ready, tmp_path)
    one, other = (f"{memory.hex[-12:]}.md", f"new--{memory.hex[-12:]}.md")
    for machine, name, text in ((ready, one, "We use pg8000."), (clone, other, "We use asyncpg.")):
        machine.edit(memory, "We use psycopg.", text)
        machine.file(memory).rename(machine.file(memory).with_name(name))
        machine.refresh()
        machine.commit()

    printed = clone.git("pull", "-q", "--no-rebase", "--no-edit", check=False)
    told = clone.refresh()
    for path in told.problems:
        (clone.root / path.path).unlink()
    mended = clone.refresh()

    assert "rename/rename" in printed
    assert all("delete one of them" in problem.reason for problem in told.problems)
    assert bodies(clone, memory) == {"We use pg8000.", "We use asyncpg."}
    assert mended.problems == ()


def test_what_starts_it_is_found_on_the_path_or_beside_python(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ctx").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "ctx").chmod(0o755)

    assert program(around(tmp_path, {"PATH": str(tmp_path / "bin")})) == "ctx"
    assert program(around(tmp_path)).endswith(("/ctx", "-P -m clients.cli.main"))
