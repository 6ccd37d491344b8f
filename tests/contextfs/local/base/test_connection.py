"""Transactions of the local database."""

import os
import sqlite3
from pathlib import Path
from threading import Timer

import pytest

from contextfs.domain.memories.model import NewMemory
from contextfs.local import place
from contextfs.local.base.connection import _SCHEMAS, FILE, Base  # pyright: ignore[reportPrivateUsage] - of before
from contextfs.local.store import LocalStore
from tests.contextfs.local.places import PROJECT, Machine

_ADD = "insert into marks (name, value) values ('a', 'b')"
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
