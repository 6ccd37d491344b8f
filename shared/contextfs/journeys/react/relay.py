"""The relay: from the outbox to the bus. Publish first, forget second; a crash between the two only repeats."""

from contextfs.domain.events import store
from contextfs.kit.clock import Clock
from contextfs.kit.ports import Bus, Database

_BATCH = 100


def relay_once(database: Database, bus: Bus, clock: Clock, *, limit: int = _BATCH) -> int:
    """Publish a batch of events; gives how many there were."""
    with database.transaction() as (tx, _):
        events = store.claim_outbox(tx, clock(), limit)
    if events:
        bus.publish(events)
        with database.transaction() as (tx, _):
            store.clear_outbox(tx, events)
    return len(events)
