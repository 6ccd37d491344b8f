"""Deliver: hand each event to its consumer, try again later when that fails, and bury what keeps failing."""

import logging
from collections.abc import Callable, Sequence

from contextfs.domain.events import store
from contextfs.domain.events.model import Delivery
from contextfs.domain.events.rules import next_try
from contextfs.kit.clock import Clock
from contextfs.kit.errors import ContextFSError
from contextfs.kit.ids import Entropy, uuid7
from contextfs.kit.ports import Database

_log = logging.getLogger(__name__)


def claim(
    database: Database, consumers: Sequence[str], clock: Clock, entropy: Entropy, *, limit: int
) -> list[Delivery]:
    """Take deliveries to these consumers that are due; one whose event cannot be read is buried, and stops nobody."""
    now = clock()
    with database.transaction() as (tx, _):
        claimed, unreadable = store.claim_deliveries(tx, consumers, now, limit)
        for one in unreadable:
            store.bury(tx, one, uuid7(now, entropy), error="The event cannot be read.", now=now)
            _log.error("unreadable event buried", extra={"consumer": one.consumer, "event_id": one.event_id})
    return claimed


def deliver(
    database: Database, delivery: Delivery, consume: Callable[[Delivery], None], clock: Clock, entropy: Entropy
) -> bool:
    """Let the consumer take an event; False when it failed and was postponed or buried."""
    try:
        consume(delivery)
    except Exception as error:  # noqa: BLE001 - whatever a consumer raises, its event is kept
        _log.exception("delivery failed", extra=_told(delivery))
        _fail(database, delivery, error, clock, entropy)
        return False
    with database.transaction() as (tx, _):
        store.finish(tx, delivery)
    return True


def renew(database: Database, delivery: Delivery, clock: Clock) -> bool:
    """Keep others away from a delivery that is worked on, or is next; False when somebody else has taken it."""
    with database.transaction() as (tx, _):
        return store.renew(tx, delivery, clock())


def _fail(database: Database, delivery: Delivery, error: Exception, clock: Clock, entropy: Entropy) -> None:
    now = clock()
    run_at = next_try(delivery.attempts, now)
    with database.transaction() as (tx, _):
        if run_at is not None:
            store.postpone(tx, delivery, run_at)
        else:
            text = _words(error)
            store.bury(tx, delivery, uuid7(now, entropy), error=text, now=now)
            _log.error("delivery buried", extra=_told(delivery))


def _told(delivery: Delivery) -> dict[str, object]:
    return {
        "consumer": delivery.consumer,
        "event_id": delivery.event.id,
        "event_type": delivery.event.type,
        "attempts": delivery.attempts,
    }


def _words(error: Exception) -> str:
    """Tell an error without what it may quote: only our own errors are known to hold no content."""
    return f"{type(error).__name__}: {error.detail}" if isinstance(error, ContextFSError) else type(error).__name__
