"""Which memories nobody asks for: what packs handed over, and since when that is known. Pure, the same on both sides.

Silence is a hint only where there was talk: a project that hardly asks for packs, or began to a short while ago, says
nothing about its memories.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import msgspec

SPAN = timedelta(days=180)
"""How long nobody has to ask for a memory."""
LEAST_DAYS = 30
"""On how many days of these packs were handed over at the least."""


class Recalls(msgspec.Struct, frozen=True, kw_only=True):
    """On which day each memory was handed over last, since when that is noted, and on how many days of `SPAN`."""

    last: Mapping[UUID, date] = {}
    since: date | None = None
    days: int = 0

    def of(self, memory_id: UUID) -> datetime | None:
        """Tell when a memory was asked for last: never is when noting began; None where nothing can be concluded."""
        if self.since is None or self.days < LEAST_DAYS:
            return None
        return datetime.combine(self.last.get(memory_id, self.since), time.max, UTC)


def from_day(now: datetime) -> date:
    """Give the day from which on the use of a project counts."""
    return (now - SPAN).astimezone(UTC).date()
