"""Words of the allowance: a quota, what somebody wants of it, what they get; and the port to where it is counted."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID


class Quota(NamedTuple):
    """How much somebody may do: a bucket that holds so many units, and fills from empty in so many seconds."""

    name: str
    units: int
    seconds: int = 60


class Subject(NamedTuple):
    """Whose bucket it is: the organization, or none (the nil id) for an address, and a name within it."""

    org_id: UUID
    name: str


class Wanted(NamedTuple):
    """Units that are asked for: all of `least` or nothing, and up to `most` if there are so many."""

    subject: Subject
    quota: Quota
    least: int
    most: int


class Granted(NamedTuple):
    """What there was: 0 units when there were not enough, and the seconds until there are; `left` remain."""

    units: int
    left: int
    wait: float = 0.0


class Allowances(Protocol):
    """Counts what all processes take together. It does not know calls, and keeps nothing that must not be lost."""

    def take(self, wanted: Sequence[Wanted], now: datetime) -> Sequence[Granted]:
        """Take units of several buckets, each by itself; Unavailable when nobody counts."""
        ...
