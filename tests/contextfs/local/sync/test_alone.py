"""One sync at a time, from the first one in a fresh clone on."""

import sqlite3
from pathlib import Path
from threading import Timer

import pytest

from contextfs.kit.errors import Unavailable
from contextfs.local.sync.alone import SYNC, alone, is_taken


def test_one_holds_the_lock_and_the_folder_is_made_for_it(tmp_path: Path) -> None:
    local = tmp_path / ".contextfs" / "local"
    with alone(local) as first, alone(local) as second:
        taken = is_taken(local)

    assert (first, second, taken, is_taken(local)) == (True, False, True, False)


def test_who_looks_whether_it_is_taken_keeps_nobody_away(tmp_path: Path) -> None:
    looking = sqlite3.connect(tmp_path / SYNC, isolation_level=None, check_same_thread=False)
    looking.execute("begin")
    looking.execute("pragma schema_version")  # as who looks, who is still at it
    taken = is_taken(tmp_path)
    away = Timer(0.05, looking.rollback)
    away.start()
    with alone(tmp_path, patience=60) as is_mine:
        away.join()
        looking.close()

    assert (False, True) == (taken, is_mine)


def test_where_there_can_be_no_folder_it_says_so(tmp_path: Path) -> None:
    (tmp_path / ".contextfs").write_text("no folder")

    with pytest.raises(Unavailable, match="local cannot be made"), alone(tmp_path / ".contextfs/local"):
        pass


def test_a_lock_that_cannot_be_opened_is_told_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / SYNC).mkdir()

    with pytest.raises(Unavailable, match="cannot be written"), alone(tmp_path):
        pytest.fail("it is nobody's")


def test_a_lock_that_is_none_is_told_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / SYNC).write_bytes(b"no database, and longer than its head would be" * 20)

    with pytest.raises(Unavailable, match="is damaged"), alone(tmp_path):
        pytest.fail("it is nobody's")
