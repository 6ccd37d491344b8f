"""What may be undone by a power cut stays the exception, whatever happens on the way."""

import sqlite3

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
