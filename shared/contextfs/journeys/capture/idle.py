"""Complete sessions that nobody completes: the program that kept them was killed, or its machine never came back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from contextfs.domain.sessions import store
from contextfs.domain.sessions.store import Idle
from contextfs.journeys.capture import sessions
from contextfs.kit.call import Call
from contextfs.kit.clock import Clock
from contextfs.kit.errors import NotFound
from contextfs.kit.events import Event
from contextfs.kit.ids import named
from contextfs.kit.ports import Bus, Database

_BATCH = 100
_ACTOR = "platform"
_NOBODY, _EPOCH = UUID(int=0), datetime(1970, 1, 1, tzinfo=UTC)
_BEGINNING = Idle(_NOBODY, _NOBODY, _NOBODY, _NOBODY, _EPOCH, _EPOCH)


def announce(database: Database, bus: Bus, clock: Clock, idle: timedelta) -> int:
    """Publish an event for each open session that nothing came to for so long; gives how many there were.

    As long as a session stays as it is, it is the same event: told again, it is taken once.
    """
    before, last, announced = clock() - idle, _BEGINNING, 0
    while True:
        with database.transaction() as (tx, _):
            found = store.idle(tx, before, behind=last, limit=_BATCH)
        bus.publish([_event(one, clock()) for one in found])
        announced += len(found)
        if len(found) < _BATCH:
            return announced
        last = found[-1]


def complete(call: Call, event: Event) -> None:
    """Complete a session as anybody would, unless something came to it meanwhile, or it is gone."""
    try:
        session = store.hold(call.tx, event.subject).session
    except NotFound:
        return
    if session.status == "open" and session.updated_at.isoformat() == event.data.get("idle_since"):
        sessions.complete(call, event.subject, None)


def _event(one: Idle, now: datetime) -> Event:
    since = one.updated_at.astimezone(UTC).isoformat()
    return Event(
        id=named(one.id, "completion.due", since),
        type="completion.due",
        org_id=one.org_id,
        project_id=one.project_id,
        subject=one.id,
        time=now,
        actor=_ACTOR,
        reader=one.created_by,
        data={"idle_since": since},
    )
