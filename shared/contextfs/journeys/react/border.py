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


class HomeBus:
    """A bus that carries events of this region's organizations alone; it keeps any other among the dead letters.

    Such an event says that an organization was moved while something was under way, or that its row was copied. It is
    not lost: who may see dead letters sees it, and sends it again when the organization lives here.
    """

    def __init__(self, bus: Bus, database: Database, regions: Regions, clock: Clock, entropy: Entropy) -> None:
        self._bus = bus
        self._database = database
        self._regions = regions
        self._clock = clock
        self._entropy = entropy

    def publish(self, events: Sequence[Event]) -> None:
        """Hand over the events of who lives here, and bury the others, durably."""
        with self._database.transaction() as (tx, _):
            away = among(tx, {event.org_id for event in events}, self._regions.neighbours)
        staying = [event for event in events if event.org_id in away]
        if staying:
            self._bury(staying, away)
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
        for event in events:
            facts = {"event_id": event.id, "event_type": event.type, "home": homes[event.org_id]}
            _log.error("event stopped at the border of the region", extra=facts)
