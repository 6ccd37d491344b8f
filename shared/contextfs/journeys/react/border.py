"""The border of a region: events of an organization that lives elsewhere do not leave from here."""

import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from contextfs.domain.events import store
from contextfs.domain.events.model import Delivery
from contextfs.domain.homes.store import among
from contextfs.kit.clock import Clock
from contextfs.kit.events import Event
from contextfs.kit.ids import Entropy, uuid7
from contextfs.kit.ports import Bus, Database
from contextfs.kit.regions import Regions

_log = logging.getLogger(__name__)

BORDER = "border"
"""The consumer that the dead letters of such events name."""

_TOLD_AGAIN = frozenset({"audit_stream.due", "completion.due"})
"""Types of events that a clock repeats for as long as they hold: the next one says all that this one did."""


class HomeBus:
    """A bus that carries events of this region's organizations alone; it keeps any other among the dead letters.

    Such an event says that an organization was moved while something was under way, or that its row was copied. It is
    not lost: who may see dead letters sees it, and sends it again when the organization lives here. What a clock says
    again by itself is not kept: it would be buried every few minutes, for as long as the rows are here.
    """

    def __init__(self, bus: Bus, database: Database, regions: Regions, clock: Clock, entropy: Entropy) -> None:
        self._bus = bus
        self._database = database
        self._regions = regions
        self._clock = clock
        self._entropy = entropy

    def publish(self, events: Sequence[Event]) -> None:
        """Hand over the events of who lives here, and bury the others, durably, but for what is told again."""
        with self._database.transaction() as (tx, _):
            away = among(tx, {event.org_id for event in events}, self._regions.neighbours)
        staying = [event for event in events if event.org_id in away]
        kept = [event for event in staying if event.type not in _TOLD_AGAIN]
        if kept:
            self._bury(kept, away)
        for event in staying:
            self._tell(event, away[event.org_id], is_kept=event.type not in _TOLD_AGAIN)
        leaving = [event for event in events if event.org_id not in away]
        if leaving:
            self._bus.publish(leaving)

    def close(self) -> None:
        """Give the bus's connections back."""
        self._bus.close()

    def _bury(self, events: Sequence[Event], homes: Mapping[UUID, str]) -> None:
        now = self._clock()
        with self._database.transaction() as (tx, _):
            for event in events:
                told = f"The organization lives in {homes[event.org_id]}: its events do not leave {self._regions.here}."
                letter = Delivery(consumer=BORDER, event=event, attempts=1)
                store.bury(tx, letter, uuid7(now, self._entropy), error=told, now=now)

    @staticmethod
    def _tell(event: Event, home: str, *, is_kept: bool) -> None:
        level = logging.ERROR if is_kept else logging.INFO
        facts = {"event_id": event.id, "event_type": event.type, "home": home, "kept": is_kept}
        _log.log(level, "event stopped at the border of the region", extra=facts)
