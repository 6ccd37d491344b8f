"""What may be undone by a power cut stays the exception, whatever happens on the way."""

import sqlite3
import sys
from pathlib import Path

import pytest

from contextfs.local.base.connection import Base
from tests.contextfs.local.places import Machine

FULL = 2


def test_a_transaction_that_cannot_begin_leaves_the_next_one_durable(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: Base, patience: float) -> None:
        raise sqlite3.OperationalError("database is locked")

    with machine.open() as store:
        with monkeypatch.context() as patch:
            patch.setattr(Base, "_begin", busy)
            with pytest.raises(sqlite3.OperationalError), store.base.transaction(durable=False):
                pass

        assert store.base.one("pragma synchronous") == {"synchronous": FULL}


def test_on_macos_the_cache_of_the_drive_is_emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr("fcntl.F_FULLFSYNC", 51, raising=False)

    base = Base.open(tmp_path)

    assert base.one("pragma fullfsync") == {"fullfsync": 1}
    assert base.one("pragma checkpoint_fullfsync") == {"checkpoint_fullfsync": 1}
    base.close()
