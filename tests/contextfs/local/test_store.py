"""What is stored stays, whatever happens to the files and to the process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contextfs.domain.memories.model import MemoryChange, NewMemory, Provenance
from contextfs.domain.memories.revisions import Fields, Revision
from contextfs.kit.errors import Conflict, Invalid, NotFound, Unavailable
from contextfs.local.document.text import MARKER
from contextfs.local.model import MemoryQuery, Problem, Refreshed
from tests.contextfs.local.places import PROJECT, Machine, long_ago

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def test_a_memory_is_a_file_that_says_what_is_known(machine: Machine) -> None:
    memory = machine.add("We use psycopg.", type="decision", title="The driver", tags=["database"])

    [(path, text)] = machine.files().items()

    assert path == f"memories/decision/the-driver--{memory.hex[-12:]}.md"
    assert text == f"---\nid: {memory}\ntype: decision\ntitle: The driver\ntags: [database]\n---\n\nWe use psycopg.\n"


def test_what_says_the_same_is_stored_once_and_gains_a_proof(machine: Machine) -> None:
    first = machine.add("We use psycopg.", provenance=[Provenance(source="a")])
    with machine.open() as store:
        again = store.add(NewMemory(project_id=PROJECT, content="we use PSYCOPG", provenance=[]))
        proven = store.add(
            NewMemory(project_id=PROJECT, content="We use psycopg!", provenance=[Provenance(source="b")])
        )

    assert [again.stored, proven.stored] == [False, False]
    assert proven.memory.id == first
    assert [proof["source"] for proof in proven.memory.provenance] == ["a", "b"]


def test_where_nobody_chose_the_type_the_known_memory_is_given_back(machine: Machine) -> None:
    first = machine.add("We use psycopg.", type="decision")
    with machine.open() as store:
        untyped = store.add(NewMemory(project_id=PROJECT, content="We use psycopg"))
        typed = store.add(NewMemory(project_id=PROJECT, content="We use psycopg", type="fact"))
        hidden = store.add(NewMemory(project_id=PROJECT, content="We use psycopg", visibility="private"))

    assert (first, "decision", False) == (untyped.memory.id, untyped.memory.type, untyped.stored)
    assert [True, True] == [typed.stored, hidden.stored]


def test_a_secret_is_taken_out_of_what_comes_by_a_command(machine: Machine) -> None:
    memory = machine.add(f"The token is {SECRET}.")

    assert SECRET not in machine.file(memory).read_text()
    assert SECRET.encode() not in (machine.root / ".contextfs/local/index.db").read_bytes()


def test_a_private_memory_has_its_file_where_git_does_not_look(machine: Machine) -> None:
    memory = machine.add("Only for me.", visibility="private")
    before = machine.file(memory)
    with machine.open() as store:
        store.change(memory, MemoryChange(visibility="project"))

    assert "local/memories" in str(before)
    assert "local" not in machine.file(memory).parts
    assert not before.exists()


def test_a_hand_edit_is_one_revision(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    machine.edit(memory, "psycopg", "pg8000")

    told = [machine.refresh() for _ in range(3)]
    with machine.open() as store:
        first, second = sorted(store.log(memory), key=lambda one: len(one.parents))

    assert told == [Refreshed(edited=1), Refreshed(), Refreshed()]
    assert second.parents == (first.id,)
    assert second.fields.content == "We use pg8000."


def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def marked(text: str) -> str:
    return "\ufeff" + text


@pytest.mark.parametrize("change", [crlf, marked, str.rstrip])
def test_line_ends_and_the_last_line_are_no_edit(machine: Machine, change: Callable[[str], str]) -> None:
    memory = machine.add("We use psycopg.\nIt has pipelines.")
    path = machine.file(memory)
    path.write_bytes(change(path.read_text()).encode())

    assert machine.refresh() == Refreshed()


def test_an_earlier_text_that_a_person_writes_again_is_an_edit(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    machine.edit(memory, "psycopg", "pg8000")
    machine.refresh()
    machine.edit(memory, "pg8000", "psycopg")

    told = machine.refresh()
    with machine.open() as store:
        assert store.get(memory).content == "We use psycopg."
        assert len(store.log(memory)) == 3
    assert told == Refreshed(edited=1)


def test_a_note_without_front_matter_becomes_a_memory(machine: Machine) -> None:
    note = machine.root / ".contextfs/memories/procedural/release.md"
    note.parent.mkdir()
    note.write_text("Run make release.\n")

    told = machine.refresh()
    [(path, text)] = machine.files().items()

    assert told == Refreshed(added=1)
    assert path.startswith("memories/procedural/run-make-release--")
    assert text.startswith("---\nid: ")
    assert machine.refresh() == Refreshed()


def test_a_renamed_file_is_no_edit(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    path = machine.file(memory)
    path.rename(path.with_name("mine.md"))

    assert machine.refresh() == Refreshed(moved=1)


def test_a_copy_with_the_same_id_is_told_and_kept(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    path = machine.file(memory)
    copy = path.with_name("copy.md")
    copy.write_text(path.read_text().replace("psycopg", "pg8000"))

    told = machine.refresh()
    with machine.open() as store:
        shown = store.get(memory)

    assert [(one.path, one.reason.split(":")[0]) for one in told.problems] == [
        (".contextfs/memories/fact/copy.md", f"has the id of memories/fact/{path.name}")
    ]
    assert shown.content == "We use psycopg."
    assert copy.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"---\ntitle: &a x\n---\nx", "line 2: an anchor of YAML"),
        (b"\xff\xfe", "is not UTF-8 (byte 0)"),
        (b"x" * 4_000_001, "is larger than 4 MB"),
        (b"---\ntitle: x\n", "line 1: the front matter has no end"),
        (f"The token is\n{SECRET}".encode(), "holds what looks like a secret (github-token, line 2 of the text)"),
    ],
)
def test_a_file_that_cannot_be_taken_in_is_told_and_left_alone(machine: Machine, content: bytes, reason: str) -> None:
    path = machine.root / ".contextfs/memories/fact/broken.md"
    path.parent.mkdir()
    path.write_bytes(content)

    first, second = machine.refresh(), machine.refresh()

    assert [(one.path, one.reason[: len(reason)]) for one in first.problems] == [
        (".contextfs/memories/fact/broken.md", reason)
    ]
    assert second == first
    assert path.read_bytes() == content


def test_a_broken_file_keeps_its_memory_as_it_was(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    machine.file(memory).write_text("---\nbroken")

    machine.refresh()
    with machine.open() as store:
        shown = store.get(memory)
    machine.file(memory).write_text(f"---\nid: {memory}\n---\nWe use pg8000.\n")
    mended = machine.refresh()

    assert shown.content == "We use psycopg."
    assert mended == Refreshed(edited=1)


def test_a_link_is_told_and_not_followed(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("A secret place.")
    path = machine.root / ".contextfs/memories/fact/link.md"
    path.parent.mkdir()
    path.symlink_to(tmp_path / "outside.md")

    assert machine.refresh().problems == (
        Problem(path=".contextfs/memories/fact/link.md", reason="is a link: put the file itself here"),
    )


def test_a_folder_that_leads_out_is_not_written_to(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (machine.root / ".contextfs/memories/fact").symlink_to(tmp_path / "outside")

    with pytest.raises(Invalid, match="leads out"):
        machine.add("We use psycopg.")

    assert list((tmp_path / "outside").iterdir()) == []


def test_many_missing_files_are_told_and_not_believed(machine: Machine) -> None:
    for number in range(30):
        machine.add(f"Fact number {number}.")
    for path in (machine.root / ".contextfs/memories/fact").iterdir():
        path.unlink()

    told = machine.refresh()
    with machine.open() as store:
        kept = len(store.page(MemoryQuery()))
        believed = store.refresh(accept_missing=True)

    assert (told.missing, told.deleted, kept) == (30, 0, 30)
    assert believed.deleted == 30


def test_an_interrupted_command_is_finished_by_the_next(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("contextfs.local.folder.stepping.finish", cut)
        with machine.open() as store, pytest.raises(KeyboardInterrupt):
            store.add(NewMemory(project_id=PROJECT, content="We use psycopg."))
    before = machine.files()
    told = machine.refresh()

    assert before == {}
    assert told.repaired == 1
    assert "We use psycopg." in next(iter(machine.files().values()))


def test_a_file_that_a_power_cut_tore_is_written_again(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    path = machine.file(memory)
    whole = path.read_text()
    with machine.open() as store:
        store.base.run("insert into intents (tree, memory_id) values (?, ?)", (machine_tree(machine), str(memory)))
    path.write_text("")
    long_ago(path)

    told = machine.refresh()

    assert path.read_text() == whole
    assert (told.repaired, told.problems) == (1, ())


def machine_tree(machine: Machine) -> str:
    with machine.open() as store:
        return store.place.tree


def test_a_conflict_shows_both_texts_and_a_person_settles_it(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    with machine.open() as store:
        [first] = store.log(memory)
        other = Revision(
            memory_id=memory,
            parents=(first.id,),
            fields=Fields(type="fact", content="We use pg8000.", visibility="project"),
            author="user:bob",
            clock="2030-01-31T12:00:09.000Z-0000",
        )
        store.change(memory, MemoryChange(content="We use asyncpg."))
        taken = store.take_in([other])
        conflicted = store.get(memory)
    shown = machine.file(memory).read_text()
    machine.edit(memory, f"\n\n{MARKER}\n\nWe use asyncpg.", "")
    told = machine.refresh()
    with machine.open() as store:
        settled = store.get(memory)

    assert taken.conflicted == 1
    assert set(conflicted.bodies) == {"We use pg8000.", "We use asyncpg."}
    assert all(body in shown for body in conflicted.bodies)
    assert told == Refreshed(edited=1)
    assert (settled.content, settled.conflicted) == ("We use pg8000.", False)


def test_a_lost_database_is_made_again_from_the_files(machine: Machine) -> None:
    memory = machine.add("We use psycopg.", tags=["a"], metadata={"k": 1})
    with machine.open() as store:
        [before] = store.log(memory)
    for path in (machine.root / ".contextfs/local").glob("index.db*"):
        path.unlink()

    told = machine.refresh()
    with machine.open() as store:
        [after] = store.log(memory)

    assert told == Refreshed(added=1)
    assert after.id == before.id


def test_a_damaged_database_is_told_with_the_cure(machine: Machine) -> None:
    machine.add("We use psycopg.")
    for path in (machine.root / ".contextfs/local").glob("index.db*"):
        path.unlink()
    (machine.root / ".contextfs/local/index.db").write_bytes(b"not a database at all, but long enough" * 100)

    with pytest.raises(Unavailable, match="move it away"):
        machine.refresh()


def test_a_full_disk_is_told_in_one_line_and_nothing_is_lost(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    script = (
        "import resource, sys; sys.path[:0] = sys.argv[2:]\n"
        "from pathlib import Path\nfrom tests.contextfs.local.places import Machine\n"
        "from contextfs.kit.errors import Unavailable\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try: Machine(Path(sys.argv[1]), seed=9).add('x ' * 50_000)\n"
        "except Unavailable as error: print(error.detail)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, str(machine.root), *sys.path], capture_output=True, text=True, check=False
    )

    assert "disk" in done.stdout or "written" in done.stdout, done.stderr
    assert machine.refresh().problems == ()
    with machine.open() as store:
        assert store.get(memory).content == "We use psycopg."


def test_ids_are_found_by_some_digits(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    with machine.open() as store:
        assert store.find(memory.hex[-12:]) == store.find(str(memory)) == memory
        with pytest.raises(NotFound):
            store.find("0123456789ab")
        with pytest.raises(Invalid):
            store.find("nothing")
        with pytest.raises(Conflict):
            store.add(NewMemory(project_id=PROJECT, content="Another.", id=memory))


def test_several_that_some_digits_could_mean_are_named(machine: Machine) -> None:
    ids = [UUID(f"0198f3c2-0000-7000-800{number}-0123456789ab") for number in range(4)]
    with machine.open() as store:
        for one in reversed(ids[:3]):
            store.add(NewMemory(project_id=PROJECT, content=f"Memory {one}.", id=one))
        with pytest.raises(Invalid, match=f"{ids[0]}, {ids[1]}, {ids[2]}. Give more"):
            store.find("0123456789ab")
        store.add(NewMemory(project_id=PROJECT, content="One more.", id=ids[3]))

        with pytest.raises(Invalid, match=f"{ids[0]}, {ids[1]}, {ids[2]} and more. Give more"):
            store.find("0123456789ab")


WORKER = """
import sys; sys.path[:0] = sys.argv[4:]
from datetime import UTC, datetime
from pathlib import Path
import os
from contextfs.local import place
from contextfs.local.store import LocalStore
from contextfs.domain.memories.model import NewMemory, MemoryChange
from tests.contextfs.local.places import PROJECT
from uuid import UUID
root, name, shared = Path(sys.argv[1]), sys.argv[2], UUID(sys.argv[3])
for number in range(10**9 if name == "victim" else 8):
    here = place.required(root)
    with LocalStore.open(here, now=lambda: datetime.now(UTC), entropy=os.urandom, actor=lambda: name) as s:
        s.refresh()
        added = s.add(NewMemory(project_id=PROJECT, content=f"{name} says {number}")).memory
        s.change(shared, MemoryChange(tags=[f"t{number % 5}"]))
        s.change(added.id, MemoryChange(title=f"Of {name}"))
        print(f"{name} says {number}", flush=True)
"""


def start(machine: Machine, name: str, shared: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(machine.root), name, str(shared), *sys.path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_sixteen_processes_at_once_lose_nothing(machine: Machine) -> None:
    shared = machine.add("Everybody changes this.")
    workers = [start(machine, f"w{number}", shared) for number in range(16)]

    ends = [worker.communicate(timeout=120) for worker in workers]
    told = machine.refresh()
    said = {line for out, _ in ends for line in out.splitlines()}
    with machine.open() as store:
        known = {one.content for one in store.page(MemoryQuery(limit=1000))}
        status = store.status()

    assert [error for _, error in ends if error] == []
    assert len(said) == 128
    assert said <= known
    assert told == Refreshed()
    assert (status.behind, status.problems, status.conflicted) == ([], [], 0)


def test_a_killed_process_loses_nothing_that_it_said_was_stored(machine: Machine) -> None:
    shared = machine.add("Everybody changes this.")
    random, said = Random(7), set[str]()  # noqa: S311 - repeatable
    for _ in range(6):
        worker = start(machine, "victim", shared)
        assert worker.stdout is not None
        said.add(worker.stdout.readline().strip())
        time.sleep(random.random() / 10)
        os.kill(worker.pid, signal.SIGKILL)
        out, _ = worker.communicate()
        said |= {line for line in out.splitlines() if line.startswith("victim says")}

        machine.refresh()
        with machine.open() as store:
            known = {one.content: one for one in store.page(MemoryQuery(limit=10_000))}
            status = store.status()

        assert said <= known.keys()
        assert (status.behind, status.problems) == ([], [])
        assert all(store.path_of(one).exists() for one in known.values())


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.data())
def test_stores_that_exchange_revisions_in_any_way_end_byte_equal(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    base = tmp_path_factory.mktemp("stores")
    machines = [Machine(base / str(number), seed=number, who=f"user:{number}") for number in range(3)]
    for one in machines:
        one.root.mkdir()
        one.init()
    ids: list[UUID] = []
    for _ in range(data.draw(st.integers(3, 10))):
        one = data.draw(st.sampled_from(machines))
        act = data.draw(st.sampled_from(["add", "reword", "retitle", "hand", "delete", "give"]))
        text = data.draw(st.sampled_from(["ES256", "HS512", "EdDSA", "none at all"]))
        if act == "add" or not ids:
            ids.append(one.add(f"{text} {len(ids)}"))
        elif act == "give":
            exchange(data.draw(st.sampled_from(machines)), one)
        else:
            do(one, act, data.draw(st.sampled_from(ids)), text)
    for giver in machines * 2:
        for taker in machines:
            exchange(giver, taker)

    assert machines[0].files() == machines[1].files() == machines[2].files()


def do(machine: Machine, act: str, memory: UUID, text: str) -> None:
    with machine.open() as store:
        try:
            store.get(memory)
        except NotFound:
            return
        if act == "reword":
            store.change(memory, MemoryChange(content=text))
        elif act == "retitle":
            store.change(memory, MemoryChange(title=text))
        elif act == "delete":
            store.remove(memory)
    if act == "hand":
        path = machine.file(memory)
        path.write_text(f"{path.read_text()}\n{text}\n")
        machine.refresh()


def exchange(giver: Machine, taker: Machine) -> None:
    with giver.open() as store:
        revisions = [
            one for memory in store.base.all("select id from memories") for one in store.log(UUID(memory["id"]))
        ]
    with taker.open() as store:
        store.take_in(revisions)
