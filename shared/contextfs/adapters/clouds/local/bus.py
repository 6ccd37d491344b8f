"""The Bus port over the platform's own Postgres: one delivery row for each consumer of an event."""

from collections.abc import Callable, Sequence

from contextfs.domain.events import store
from contextfs.kit.clock import Clock
from contextfs.kit.events import Event
from contextfs.kit.ports import Database


class LocalBus:
    """Keeps events in the table `deliveries` until their consumers have taken them. It does not run consumers."""

    def __init__(self, database: Database, consumers_of: Callable[[str], Sequence[str]], clock: Clock) -> None:
        self._database = database
        self._consumers_of = consumers_of
        self._clock = clock

    def publish(self, events: Sequence[Event]) -> None:
        """Bring events to all their consumers in one transaction."""
        wanted = [(consumer, event) for event in events for consumer in self._consumers_of(event.type)]
        with self._database.transaction() as (tx, _):
            store.add_deliveries(tx, wanted, self._clock())
            tx.last("select pg_notify('contextfs_deliveries', '')", {})

    def close(self) -> None:
        """Give nothing back: the database is its owner's."""
