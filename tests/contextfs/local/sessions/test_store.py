"""Sessions are stored once, in their order, without secrets, whatever happens meanwhile."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from contextfs.domain.sessions.model import Git, NewMessage, NewSession, ToolCall
from contextfs.kit.errors import Conflict, Invalid, NotFound
from contextfs.local.sessions.store import LocalSessions, SessionQuery
from contextfs.local.store import LocalStore
from tests.contextfs.local.places import PROJECT, Machine
from tests.contextfs.local.sessions.conversations import AT, brought, said, session

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
IMPORT = """
import sys
from pathlib import Path
from tests.contextfs.local.places import Machine
from tests.contextfs.local.sessions.conversations import brought
with Machine(Path(sys.argv[1]), seed=int(sys.argv[2])).open() as store:
    print("begun", flush=True)
    tally = brought(store)
    print(tally.stored, tally.learned)
"""


def contents(store: LocalStore, session_id: UUID) -> list[str]:
    return [message.content for message in LocalSessions(store).messages(session_id)]


def rows(store: LocalStore, table: str) -> list[dict[str, object]]:
    return store.base.all(f"select * from {table} order by 1")  # noqa: S608 - a test names its own tables


def test_a_session_is_kept_with_all_that_is_said_of_it(machine: Machine) -> None:
    new = session("How do we deploy?", "With make up.", model="m", tags=["a"], git=Git(branch="main", cwd="/r"))
    with machine.open() as store:
        sessions = LocalSessions(store)
        captured = sessions.capture(new)
        found = sessions.get(captured.session.id)

    assert (captured.created, captured.added, captured.present, captured.receipt.stored) == (True, 2, 0, 3)
    assert (found.title, found.status, found.message_count, found.model) == ("How do we deploy?", "open", 2, "m")
    assert (found.git, found.tags, found.visibility, found.started_at) == (
        Git(branch="main", cwd="/r"),
        ["a"],
        "private",
        AT,
    )


def test_what_is_captured_again_is_stored_once_and_what_is_new_is_added(machine: Machine) -> None:
    with machine.open() as store:
        sessions = LocalSessions(store)
        first = sessions.capture(session("One.", "Two.", input_tokens=5))
        again = sessions.capture(session("One.", "Two.", input_tokens=5))
        sessions.complete(first.session.id)
        grown = sessions.capture(session("One.", "Two.", "Three.", input_tokens=9))

        assert (again.created, again.added, again.present, again.session.id) == (False, 0, 2, first.session.id)
        assert (grown.grown, grown.added, grown.session.status, grown.session.input_tokens) == (True, 1, "open", 9)
        assert contents(store, first.session.id) == ["One.", "Two.", "Three."]


def test_messages_without_a_name_are_each_a_message(machine: Machine) -> None:
    with machine.open() as store:
        sessions = LocalSessions(store)
        session_id = sessions.capture(session("Begin.", name=None)).session.id
        for _ in range(2):
            sessions.append(session_id, [NewMessage(role="user", content="Yes.")])

        assert contents(store, session_id) == ["Begin.", "Yes.", "Yes."]


def test_turns_of_one_moment_keep_their_order(machine: Machine) -> None:
    moment = [NewMessage(role="user", content=f"{n}", external_id=f"x{n}", created_at=AT) for n in range(1200)]
    with machine.open() as store:
        new = NewSession(project_id=PROJECT, tool="t", external_id="s", messages=moment)
        session_id = LocalSessions(store).capture(new).session.id

        assert contents(store, session_id) == [f"{n}" for n in range(1200)]


def test_two_machines_give_what_they_read_the_same_ids(tmp_path: Path) -> None:
    seen: list[object] = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        with Machine(tmp_path / name).init().open() as store:
            brought(store)
            seen.append([rows(store, "messages")[0]["id"], [row["id"] for row in rows(store, "sessions")]])

    assert seen[0] == seen[1]


def test_no_secret_reaches_the_disk(machine: Machine) -> None:
    call = ToolCall(name="bash", input={"command": f"curl -H {SECRET}"})
    message = NewMessage(role="user", content=f"My token is {SECRET}.", metadata={"note": SECRET})
    with machine.open() as store:
        sessions = LocalSessions(store)
        captured = sessions.capture(
            NewSession(project_id=PROJECT, tool="t", title=SECRET, metadata={"x": SECRET}, messages=[message])
        )
        more = sessions.append(captured.session.id, [NewMessage(role="assistant", content="", tool_calls=[call])])
        assert (captured.receipt.redacted, more.receipt.redacted) == (4, 1)
    for file in (machine.root / ".contextfs/local").glob("index.db*"):
        assert SECRET.encode() not in file.read_bytes()


def test_a_session_ends_with_its_last_message_or_when_it_is_said(machine: Machine) -> None:
    with machine.open() as store:
        sessions = LocalSessions(store)
        one = sessions.capture(session("One.", "Two.")).session.id
        two = sessions.capture(session("One.", name="s2")).session.id

        assert sessions.complete(one).ended_at == AT + timedelta(minutes=1)
        assert sessions.complete(two, AT + timedelta(hours=1)).ended_at == AT + timedelta(hours=1)
        assert sessions.complete(two).ended_at == AT + timedelta(hours=1)


def test_sessions_are_listed_newest_first_and_by_what_is_asked(machine: Machine) -> None:
    with machine.open() as store:
        sessions = LocalSessions(store)
        for name, tool, branch in (("a", "x", "main"), ("b", "y", "main"), ("c", "x", "dev")):
            about = {"tool": tool, "git": Git(branch=branch), "tags": [name], "title": name}
            sessions.capture(session("Hello.", name=name, **about, started_at=AT + timedelta(days=ord(name))))

        def titles(**query: object) -> list[str | None]:
            return [one.title for one in sessions.page(SessionQuery(**query))]  # pyright: ignore[reportArgumentType]

        assert titles() == ["c", "b", "a"]
        assert (titles(tool="x"), titles(branch="main"), titles(tag="b")) == (["c", "a"], ["b", "a"], ["b"])
        assert (titles(since=AT + timedelta(days=ord("b"))), titles(limit=1)) == (["c", "b"], ["c"])
        assert titles(status="completed") == []


def test_a_part_of_an_id_finds_a_session_and_what_is_wrong_is_told(machine: Machine) -> None:
    with machine.open() as store:
        sessions = LocalSessions(store)
        session_id = sessions.capture(session("Hello.")).session.id

        assert [sessions.find(text) for text in (str(session_id), session_id.hex[:8], session_id.hex[-6:])] == (
            [session_id] * 3
        )
        for text, kind in (("xyz", Invalid), ("0000000", NotFound)):
            with pytest.raises(kind):
                sessions.find(text)
        with pytest.raises(Conflict):
            sessions.capture(session("Other.", name="other", id=session_id))
        with pytest.raises(NotFound):
            sessions.append(UUID(int=7), said("x"))


def test_several_sessions_that_some_digits_could_mean_are_named(machine: Machine) -> None:
    ids = [UUID(f"0198f3c2-0000-7000-800{number}-0123456789ab") for number in range(4)]
    with machine.open() as store:
        sessions = LocalSessions(store)
        for one in reversed(ids):
            sessions.capture(session("Hello.", name=str(one), id=one))

        with pytest.raises(Invalid, match=f"{ids[0]}, {ids[1]}, {ids[2]} and more. Give more"):
            sessions.find("0198f3")


def test_search_is_told_of_each_session_that_grew(machine: Machine) -> None:
    with machine.open() as store:
        sessions = LocalSessions(store)
        session_id = sessions.capture(session("One.")).session.id
        store.base.run("delete from dirty_sessions")
        sessions.capture(session("One."))
        unchanged = rows(store, "dirty_sessions")
        sessions.append(session_id, said("Two.", first=1))

        assert (unchanged, rows(store, "dirty_sessions")) == ([], [{"session_id": str(session_id)}])


def test_a_store_of_before_is_brought_to_its_tables_where_it_is(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    database = sqlite3.connect(machine.root / ".contextfs/local/index.db")
    for table in ("sessions", "messages", "dirty_sessions", "refused_sessions", "message_versions", "removed_sessions"):
        database.execute(f"drop table {table}")
    database.execute("alter table files drop column found")
    database.execute("pragma user_version = 2")
    database.commit()
    database.close()

    with machine.open() as store:
        LocalSessions(store).capture(session("Hello."))

        assert (store.get(memory).content, len(rows(store, "sessions"))) == ("We use psycopg.", 1)


def test_real_transcripts_are_stored_once(machine: Machine) -> None:
    with machine.open() as store:
        first, second = brought(store), brought(store)
        counted = store.base.one("select count(*) as messages from messages")

    assert (first.new, first.failed, second.new, second.stored, second.learned) == (8, [], 0, 0, 0)
    assert first.stored == second.duplicates == (counted or {})["messages"]
    assert first.learned > 0


def test_two_processes_that_import_the_same_at_once_store_it_once(machine: Machine) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", IMPORT, machine.root, str(seed)], env=environment, stdout=subprocess.PIPE, text=True
        )
        for seed in (1, 2)
    ]
    told = [(one.communicate()[0].split()[1:], one.returncode) for one in both]
    alone = Machine(machine.root.parent / "alone")
    alone.root.mkdir()
    with alone.init().open() as store:
        expected = brought(store)

    assert [code for _, code in told] == [0, 0]
    assert sum(int(counts[0]) for counts, _ in told) == expected.stored
    assert sum(int(counts[1]) for counts, _ in told) == expected.learned
    with machine.open() as store:
        assert len(rows(store, "messages")) == expected.stored
        assert store.status().memories == expected.learned


def test_an_import_that_was_killed_is_completed_by_the_next(machine: Machine) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    alone = Machine(machine.root.parent / "alone")
    alone.root.mkdir()
    with alone.init().open() as store:
        expected = brought(store)
    for patience in (0.01, 0.05, 0.1, 0.2):
        with subprocess.Popen(
            [sys.executable, "-c", IMPORT, machine.root, "1"], env=environment, stdout=subprocess.PIPE, text=True
        ) as one:
            assert one.stdout
            assert one.stdout.readline() == "begun\n"
            time.sleep(patience)
            one.send_signal(signal.SIGKILL)
    with machine.open() as store:
        store.refresh()
        brought(store)
        files = sorted((machine.root / ".contextfs/local/memories").glob("*/*.md"))

        assert len(rows(store, "sessions")) == expected.sessions
        assert len(rows(store, "messages")) == expected.stored
        assert store.status().memories == expected.learned == len(files)
        assert store.refresh().changes == 0


def test_a_database_counts_what_is_there(machine: Machine) -> None:
    with machine.open() as store:
        brought(store)
        wrong = store.base.all(
            "select s.id from sessions as s "
            "where s.message_count <> (select count(*) from messages as m where m.session_id = s.id)"
        )

    assert wrong == []


def test_many_append_to_one_session_at_once_and_nothing_is_lost(machine: Machine) -> None:
    with machine.open() as store:
        session_id = LocalSessions(store).capture(session("Begin.", name=None)).session.id

    def append(writer: int) -> None:
        own = Machine(machine.root, seed=writer)
        for number in range(10):
            with own.open() as store:
                said_now = [NewMessage(role="user", content=f"{writer} {number}")]
                LocalSessions(store).append(session_id, said_now)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, range(8)))
    with machine.open() as store:
        found = contents(store, session_id)

        assert sorted(found[1:]) == sorted(f"{writer} {number}" for writer in range(8) for number in range(10))
        assert LocalSessions(store).get(session_id).message_count == 81
