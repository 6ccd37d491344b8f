"""Tell of projects in which something was written, so that each is consolidated once, however much it was."""

from datetime import datetime

from contextfs.domain.reviews import store
from contextfs.domain.reviews.store import Due
from contextfs.kit.clock import Clock
from contextfs.kit.events import Event
from contextfs.kit.ids import named
from contextfs.kit.ports import Bus, Database

_BATCH = 100
_ACTOR = "platform"


def announce(database: Database, bus: Bus, clock: Clock) -> int:
    """Publish an event for each project and reader that is due; gives how many there were.

    Publish first, forget second: after a crash between the two the same event comes again, and is taken once.
    """
    announced = 0
    while True:
        with database.transaction() as (tx, _):
            due = store.due(tx, clock(), _BATCH)
            bus.publish([_event(one, clock()) for one in due])
        announced += len(due)
        if len(due) < _BATCH:
            return announced


def _event(due: Due, now: datetime) -> Event:
    return Event(
        id=named(due.project_id, "consolidation.due", str(due.reader), due.due_at.isoformat()),
        type="consolidation.due",
        org_id=due.org_id,
        project_id=due.project_id,
        subject=due.project_id,
        time=now,
        actor=_ACTOR,
        reader=due.reader,
    )
