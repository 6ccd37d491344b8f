"""Transactions of the local database."""

import os
import sqlite3
from pathlib import Path
from threading import Timer
from unittest.mock import Mock

import pytest

from contextfs.domain.memories.model import NewMemory
from contextfs.kit.errors import Unavailable
from contextfs.local import place
from contextfs.local.base.connection import (
    _SCHEMAS,  # pyright: ignore[reportPrivateUsage] - of before
    FILE,
    Base,
    explained,
)
from contextfs.local.base.watch import WrittenMeanwhile
from contextfs.local.store import LocalStore
from tests.contextfs.local.places import PROJECT, Machine

_ADD = "insert into marks (name, value) values ('a', 'b')"
_ASKED = "select value from marks"
_FULL = 2
_INDEXES = (
    "select name, sql from sqlite_schema where tbl_name = 'memories' and type = 'index' and sql != '' order by name"
)


def test_after_one_that_waits_for_no_disk_others_wait_again(tmp_path: Path) -> None:
    base = Base.open(tmp_path)
    with pytest.raises(sqlite3.OperationalError), base.transaction(durable=False):
        base.run(f"{_ADD} and more")
    with base.transaction(durable=False):
        base.run(_ADD)

    assert _FULL == (base.one("pragma synchronous") or {})["synchronous"]
    assert [{"value": "b"}] == base.all("select value from marks")
    base.close()


def test_who_opens_a_file_that_another_is_making_waits(tmp_path: Path) -> None:
    maker = sqlite3.connect(tmp_path / FILE, isolation_level=None, check_same_thread=False)
    maker.execute("begin immediate")
    done = Timer(0.1, maker.commit)
    done.start()
    base = Base.open(tmp_path)

    done.join()
    assert [] == base.all("select value from marks")
    base.close()
    maker.close()


def test_memories_of_before_lie_in_rows_and_are_the_same(machine: Machine) -> None:
    found, rows, shape = place.required(machine.root), "select * from memories order by id", _INDEXES
    for file in found.local.glob("index.db*"):
        file.unlink()
    before = Base.open(found.local, schemas=_SCHEMAS[: _SCHEMAS.index("contextfs.local.base.rows")])
    with LocalStore(found, before, now=machine.tick, entropy=os.urandom, actor=lambda: "user:ann") as old:
        for number in range(100):
            old.add(NewMemory(content=f"Fact {number}. {'word ' * 100}", project_id=PROJECT))
        old.base.compact()
        were = [old.base.all(query) for query in (rows, shape, "pragma page_count")]

    with machine.open() as store:
        store.base.compact()
        are = [store.base.all(query) for query in (rows, shape, "pragma page_count")]

    assert were[:2] == are[:2]
    assert are[2][0]["page_count"] < were[2][0]["page_count"] * 0.8


@pytest.mark.skipif(os.name == "nt", reason="there the folder around it decides")
def test_a_folder_that_an_earlier_version_left_open_is_closed_once(tmp_path: Path) -> None:
    Base.open(tmp_path, schemas=_SCHEMAS[:-1]).close()
    tmp_path.chmod(0o755)

    Base.open(tmp_path).close()
    first = tmp_path.stat().st_mode & 0o777
    tmp_path.chmod(0o750)
    Base.open(tmp_path).close()

    assert (0o700, 0o750) == (first, tmp_path.stat().st_mode & 0o777)


def written(folder: Path, *, is_closed: bool = True) -> Base:
    """Write a database as somebody does who may, and merge it where the last one closes it."""
    base = Base.open(folder)
    base.run(f"{_ADD} on conflict do update set value = value || 'c'")
    if is_closed:
        base.close()
    return base


def failed(base: Base, error: Exception, folder: Path | None = None) -> None:
    """Fail while a database is read, and is written in a folder first."""
    with base.read():
        if folder:
            written(folder)
        raise error


def test_what_is_written_while_it_is_read_as_it_is_gives_no_answer(tmp_path: Path) -> None:
    written(tmp_path)
    base = Base.as_it_is(tmp_path / FILE)
    with base.read():
        assert [{"value": "b"}] == base.all(_ASKED)
    reading = base.read()
    reading.__enter__()
    written(tmp_path)

    with pytest.raises(WrittenMeanwhile, match="was written meanwhile, and can only be read here: try again"):
        reading.__exit__(None, None, None)
    base.close()


@pytest.mark.parametrize("error", [sqlite3.DatabaseError("database disk image is malformed"), KeyError("id")])
def test_an_error_that_may_come_of_what_was_written_meanwhile_is_told_as_that(tmp_path: Path, error: Exception) -> None:
    written(tmp_path)
    base = Base.as_it_is(tmp_path / FILE)
    with pytest.raises(type(error)):
        failed(base, error)
    with pytest.raises(WrittenMeanwhile):
        failed(base, error, tmp_path)
    base.close()


def test_a_log_that_came_meanwhile_is_seen_and_one_that_is_there_is_read(tmp_path: Path) -> None:
    written(tmp_path)
    before = Base.as_it_is(tmp_path / FILE)
    writer = written(tmp_path, is_closed=False)
    with pytest.raises(WrittenMeanwhile):
        before.confirm()
    after = Base.as_it_is(tmp_path / FILE)
    with after.read():
        found = after.all(_ASKED)
        writer.run("update marks set value = 'later'")
        found += after.all(_ASKED)

    assert [{"value": "bc"}, {"value": "later"}] == found
    for one in (before, after, writer):
        one.close()


def test_a_log_that_is_empty_and_nobodys_hides_nothing(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / f"{FILE}-wal").touch()
    base = Base.as_it_is(tmp_path / FILE)

    assert [{"value": "b"}] == base.all(_ASKED)
    assert not (tmp_path / f"{FILE}-shm").exists()
    base.close()


def test_a_database_that_is_empty_and_can_only_be_read_is_called_so(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()

    with pytest.raises(Unavailable, match="is empty, and cannot be made: it is read-only"):
        Base.as_it_is(tmp_path / FILE)


def test_a_database_that_can_only_be_read_is_never_to_be_moved_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / FILE).write_bytes(b"half of something" * 100)
    error = sqlite3.DatabaseError("database disk image is malformed")
    mine = str(explained(error, tmp_path / FILE))
    monkeypatch.setattr(os, "access", Mock(return_value=False))  # who runs this may be one who may write everywhere

    others = str(explained(error, tmp_path / FILE))
    with pytest.raises(Unavailable, match="it is read-only here"):
        Base.open(tmp_path, reads=True)

    assert (True, False) == ("move it away" in mine, "move it away" in others)
