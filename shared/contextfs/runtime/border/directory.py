"""Where organizations live: what this region knows, and what it asks the others when it does not."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import repeat
from typing import Protocol
from uuid import UUID

from contextfs.domain.access.store import assuming
from contextfs.domain.homes import store
from contextfs.domain.homes.model import Home
from contextfs.kit.clock import Clock
from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Database
from contextfs.kit.regions import Neighbour, Regions

KEPT = timedelta(seconds=60)
"""How long a process believes what it was told: so late a change of policy is known elsewhere."""
_MOST_KEPT = 20_000
_CANNOT_TELL = "It cannot be told now where this organization lives: another region does not answer. Try again."


class Ask(Protocol):
    """Asks a neighbour whether an organization lives there: its home, or None; Unavailable when there is no answer."""

    def __call__(self, neighbour: Neighbour, org_id: UUID, /) -> Home | None:
        """Ask."""
        ...


class Directory:
    """Tells the home of an organization, and remembers it for a minute.

    The organization's own row is the truth, in the region where it lives. What a neighbour answered is kept in the
    table of homes, without content: so a region that is down is known as the home of its organizations.
    """

    def __init__(self, database: Database, regions: Regions, ask: Ask, clock: Clock) -> None:
        self._database = database
        self._regions = regions
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[UUID, tuple[datetime, Home]] = OrderedDict()

    def remembered(self, org_id: UUID) -> Home | None:
        """Give the home of an organization that was asked for not long ago."""
        with self._lock:
            until, home = self._kept.get(org_id, (None, None))
        return home if until is not None and until > self._clock() else None

    def home(self, org_id: UUID, pay: Callable[[], None]) -> Home | None:
        """Tell where an organization lives; None when it lives nowhere, Unavailable when that cannot be told.

        `pay` is called before every region is asked for one of which nothing is known here.
        """
        known = self.here(org_id)
        if known is not None and known.region in self._regions.neighbours:
            known = self._still(known)
        if known is None:
            pay()
            known = self._asked(org_id, self._regions.neighbours.values())
        if known is not None:
            self._keep(known)
        return known

    def here(self, org_id: UUID) -> Home | None:
        """Read what this region knows."""
        with self._database.transaction(assuming(org_id, org_id)) as (tx, _):
            return store.get(tx, org_id)

    def _still(self, known: Home) -> Home | None:
        """Ask the home itself, which may have changed its mind; it is believed to be home while it does not answer."""
        try:
            told = self._ask(self._regions.neighbours[known.region], known.org_id)
        except Unavailable:
            return known
        return self._note(told) if told is not None else None

    def _asked(self, org_id: UUID, neighbours: Iterable[Neighbour]) -> Home | None:
        asked = list(neighbours)
        with ThreadPoolExecutor(max_workers=max(1, len(asked))) as pool:
            answers = list(pool.map(self._answer, asked, repeat(org_id)))
        found = next((answer for answer in answers if isinstance(answer, Home)), None)
        if found is None and any(isinstance(answer, Unavailable) for answer in answers):
            raise Unavailable(_CANNOT_TELL)
        return None if found is None else self._note(found)

    def _answer(self, neighbour: Neighbour, org_id: UUID) -> Home | Unavailable | None:
        try:
            return self._ask(neighbour, org_id)
        except Unavailable as silent:
            return silent

    def _note(self, home: Home) -> Home:
        with self._database.transaction(assuming(home.org_id, home.org_id)) as (tx, _):
            store.put(tx, home, self._clock())
        return home

    def _keep(self, home: Home) -> None:
        with self._lock:
            self._kept[home.org_id] = self._clock() + KEPT, home
            self._kept.move_to_end(home.org_id)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
