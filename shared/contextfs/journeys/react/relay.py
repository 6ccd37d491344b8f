"""The relay: from the outbox to the bus. Publish first, forget second; a crash between the two only repeats."""

import logging

from contextfs.domain.events import store
from contextfs.kit.clock import Clock
from contextfs.kit.errors import ContextFSError
from contextfs.kit.ports import Bus, Database

_log = logging.getLogger(__name__)
_BATCH = 100


def relay_once(database: Database, bus: Bus, clock: Clock, *, limit: int = _BATCH) -> int:
    """Publish a batch of events; gives how many there were."""
    with database.transaction() as (tx, _):
        events = store.claim_outbox(tx, clock(), limit)
    if events:
        try:
            bus.publish(events)
        except ContextFSError as error:
            _log.warning("events wait in the outbox", extra={"count": len(events), "detail": error.detail})
            raise
        with database.transaction() as (tx, _):
            store.clear_outbox(tx, events)
    return len(events)
