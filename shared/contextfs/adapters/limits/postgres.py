"""Buckets in the platform's own Postgres: a short transaction of its own for each block of units."""

from collections.abc import Sequence
from datetime import datetime

from contextfs.domain.limits import store
from contextfs.kit.allowance import Granted, Wanted
from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Database


class PostgresAllowances:
    """Counts in the table `allowances`. It is asked while no other transaction of the same call is open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, wanted: Sequence[Wanted], now: datetime) -> Sequence[Granted]:
        """Take units of several buckets in one round trip and a commit that waits for no disk."""
        with self._database.transaction(store.taking(wanted, now)) as (_, (row,)):
            if row is None:
                raise Unavailable("The database does not count allowances: run the migrations.")
            return store.granted(row)
