"""An export holds everything, comes in anywhere, and is the same when it is written again."""

import json
from pathlib import Path

import pytest

from contextfs.kit.errors import Invalid
from contextfs.local import archive, config
from contextfs.local.archive import Restored
from contextfs.local.sessions.store import LocalSessions, SessionQuery
from contextfs.local.store import LocalStore
from tests.contextfs.local.places import PROJECT, Machine
from tests.contextfs.local.sessions.conversations import AT, DECIDED, brought, kept, session

NAMED = config.ProjectNamed(id=PROJECT, name="p")


def exported(store: LocalStore, *, private: bool = True) -> list[bytes]:
    return list(archive.written(store, NAMED, AT, private=private))


def other(machine: Machine, name: str = "other") -> Machine:
    made = Machine(machine.root.parent / name, seed=2, who="user:ben@example.com")
    made.root.mkdir()
    return made.init()


def test_an_export_of_an_export_is_equal_byte_by_byte(machine: Machine) -> None:
    with machine.open() as store, other(machine).open() as copy:
        brought(store)
        lines = exported(store)
        taken = archive.read(copy, lines, "e")
        again = archive.read(copy, lines, "e")

        assert exported(copy) == lines
        assert (taken.sessions, taken.messages > 50, taken.memories) == (8, True, store.status().memories)
        assert again == Restored()


def test_what_came_in_is_shown_and_not_learned_twice(machine: Machine) -> None:
    with machine.open() as store, other(machine).open() as copy:
        session_id = kept(store, DECIDED, "Good.")
        archive.read(copy, exported(store), "e")
        before = copy.status().memories
        kept(copy, DECIDED, "Good.")
        sessions = LocalSessions(copy)

        assert [one.content for one in sessions.messages(session_id)] == [DECIDED, "Good."]
        assert (copy.status().memories, len(sessions.page(SessionQuery()))) == (before, 1)
        assert len(copy.base.all("select * from dirty_sessions")) == 1


def test_what_is_private_is_left_out_where_that_is_wanted(machine: Machine) -> None:
    with machine.open() as store:
        kept(store, DECIDED)
        shared = kept(store, "How do we deploy the site?", name="s2")
        LocalSessions(store).choose(shared, "project")
        held = [json.loads(line) for line in exported(store, private=False)[1:]]

    assert [one["session"]["id"] for one in held if "session" in one] == [str(shared)]
    assert DECIDED not in json.dumps(held)


def test_an_export_of_before_is_read(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    with machine.open() as store, other(machine).open() as copy:
        head, *rest = exported(store)
        old = head.replace(b"contextfs.export.2", b"contextfs.export.1")

        assert archive.read(copy, [old, *rest], "e").memories == 1
        assert copy.get(memory).content == "We use psycopg."


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'{"session": {"id": 1}}\n', "e:2: this is not a revision, session or message"),
        (b'{"message": {"id": "x"}}\n', "e:2:"),
        (b"{}\n", "e:2:"),
        (b"nothing\n", "e:2:"),
    ],
)
def test_a_line_that_is_wrong_is_named(machine: Machine, line: bytes, told: str) -> None:
    with machine.open() as store:
        head = exported(store)[0]
        with pytest.raises(Invalid) as error:
            archive.read(store, [head, line], "e")

    assert told in str(error.value.detail)


def test_an_export_of_a_newer_ctx_is_refused(machine: Machine) -> None:
    with machine.open() as store:
        head = exported(store)[0].replace(b"export.2", b"export.3")
        with pytest.raises(Invalid, match="update ctx"):
            archive.read(store, [head], "e")


def test_a_secret_that_was_written_into_an_export_does_not_come_in(machine: Machine, tmp_path: Path) -> None:
    secret = b"ghp_" + b"a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    with machine.open() as store, other(machine).open() as copy:
        LocalSessions(store).capture(session("My token is TOKEN.", title="TOKEN"))
        archive.read(copy, [line.replace(b"TOKEN", secret) for line in exported(store)], "e")
        lines = exported(copy)

    assert len(lines) == 3
    assert [line for line in lines if secret in line] == []
