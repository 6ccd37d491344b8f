"""Transactions of the local database."""

import sqlite3
from pathlib import Path

import pytest

from contextfs.local.base.connection import Base

_ADD = "insert into marks (name, value) values ('a', 'b')"
_FULL = 2


def test_after_one_that_waits_for_no_disk_others_wait_again(tmp_path: Path) -> None:
    base = Base.open(tmp_path)
    with pytest.raises(sqlite3.OperationalError), base.transaction(durable=False):
        base.run(f"{_ADD} and more")
    with base.transaction(durable=False):
        base.run(_ADD)

    assert _FULL == (base.one("pragma synchronous") or {})["synchronous"]
    assert [{"value": "b"}] == base.all("select value from marks")
    base.close()
