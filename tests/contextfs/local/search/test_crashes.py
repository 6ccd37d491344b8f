"""Whatever happens to the index and to who works at it, nothing is missing afterwards."""

import os
import signal
import sqlite3
import subprocess
import sys
from uuid import UUID

import pytest

from contextfs.domain.memories.revisions import Fields, Revision
from contextfs.local.search import due
from contextfs.local.search.health import is_whole
from contextfs.local.search.reindexing import finish, reindex
from tests.contextfs.local.places import Machine
from tests.contextfs.local.search.indexes import found, opened, said
from tests.functions.letters import Letters

WRITER = """
import sys
from pathlib import Path
from tests.contextfs.local.places import Machine
from tests.contextfs.local.search.indexes import found
from tests.functions.letters import Letters

root, number, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
machine = Machine(root, seed=number)
for one in range(count):
    machine.add(f"The word of {number} is word{number}x{one}.")
    told = found(machine, f"word{number}x{one}", Letters(), limit=100)
    assert any(f"word{number}x{one}." in hit.snippet for hit in told.hits), told
"""


def start(machine: Machine, code: str, *arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(machine.root), *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(["shared", "."])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_eight_at_once_add_and_search_and_nothing_is_missing(machine: Machine) -> None:
    running = [start(machine, WRITER, number, 5) for number in range(8)]
    told = [process.communicate(timeout=120)[1] for process in running]

    assert [b""] * 8 == told
    with opened(machine, Letters()) as index:
        done = reindex(index)
    assert (40, 40, 0, []) == (done.memories, done.passages, done.waiting, done.degraded)
    assert 40 == len(said(machine, "word", limit=100))


REINDEXER = """
import sys
from pathlib import Path
from contextfs.local.search.reindexing import reindex
from tests.contextfs.local.places import Machine
from tests.contextfs.local.search.indexes import opened
from tests.functions.letters import Letters

def step(text):
    print(text, flush=True)
    sys.stdin.readline()

with opened(Machine(Path(sys.argv[1])), Letters()) as index:
    index.progress = step
    step("begins")
    reindex(index)
"""
"""Goes on by a step for each line that it reads."""


def fill(machine: Machine, count: int) -> None:
    """Add many memories at once."""
    with machine.open() as store:
        store.take_in(
            Revision(
                memory_id=UUID(int=number + 1),
                fields=Fields(type="fact", content=f"Memory number{number}.", visibility="project"),
                author="user:ann",
                clock=f"2030-01-01T00:00:00.000Z-{number:04x}",
            )
            for number in range(count)
        )


@pytest.mark.parametrize("steps", [0, 1, 3, 8])
def test_a_reindex_that_is_killed_is_gone_on_with(steps: int, machine: Machine) -> None:
    fill(machine, 300)
    process = start(machine, REINDEXER)
    assert process.stdout is not None
    assert process.stdin is not None
    for _ in range(steps):
        process.stdout.readline()
        process.stdin.write(b"\n")
        process.stdin.flush()
    assert process.stdout.readline()  # it stands there
    process.send_signal(signal.SIGKILL)
    process.communicate()

    first = said(machine, "number299", limit=1)
    with opened(machine, Letters()) as index:
        done = reindex(index)

    assert ["Memory number299."] == first
    assert (300, 300, 0, steps > 0) == (done.memories, done.passages, done.waiting, done.resumed)


def test_a_killed_process_in_the_middle_of_a_vector_does_no_harm(machine: Machine) -> None:
    fill(machine, 40)
    found(machine, "number1", Letters())
    [file] = (machine.root / ".contextfs/local").glob("vectors-*.f16")
    with file.open("ab") as torn:
        torn.write(b"half a row")
    machine.add("One more.")

    told = found(machine, "one more", Letters(), limit=100)

    assert [] == told.degraded
    assert "One more." in [hit.snippet for hit in told.hits]
    with opened(machine, Letters()) as index:
        assert (0, []) == finish(index, check=True)


@pytest.mark.parametrize(
    "damage",
    [
        "delete from passage_words_data where id > 10",
        "drop table passage_texts",
        "drop table passages",
    ],
)
def test_a_damaged_index_is_made_anew_and_it_is_said(damage: str, machine: Machine) -> None:
    fill(machine, 30)
    said(machine, "number7")
    with sqlite3.connect(machine.root / ".contextfs/local/index.db") as connection:
        connection.execute(damage)
    connection.close()

    told = found(machine, "number7", limit=1)

    assert ["Memory number7."] == [hit.snippet for hit in told.hits]
    assert ["The search index was damaged, and was made anew from the store."] == told.notes
    assert [] == found(machine, "number7").notes


def test_an_index_of_another_version_is_made_anew_and_it_is_said(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(machine, 3)
    said(machine, "number1")
    monkeypatch.setattr(due, "FORMAT", "next")

    told = found(machine, "number1", limit=1)

    assert ["The search index was of another version, and was made anew."] == told.notes
    assert ["Memory number1."] == [hit.snippet for hit in told.hits]


def test_a_lost_database_is_made_anew_from_the_files(machine: Machine) -> None:
    machine.add("Memory number1.")
    said(machine, "number1", Letters())
    for file in (machine.root / ".contextfs/local").glob("index.db*"):
        file.unlink()
    machine.refresh()

    told = found(machine, "number1", Letters())
    with opened(machine, Letters()) as index:
        finish(index)

    assert (["Memory number1."], []) == ([hit.snippet for hit in told.hits], told.degraded)
    assert 1 == len([*(machine.root / ".contextfs/local").glob("vectors-*.f16")])


def test_a_word_index_that_finds_too_little_is_told_of_and_reindex_mends_it(machine: Machine) -> None:
    fill(machine, 30)
    said(machine, "number7")
    with opened(machine) as index:
        before = is_whole(index.base)
        index.base.run("update passage_words_data set block = x'00' where id > 10")
        damaged = is_whole(index.base)
        reindex(index)
        mended = is_whole(index.base)

    assert (True, False, True) == (before, damaged, mended)
    assert ["Memory number7."] == said(machine, "number7", limit=1)
