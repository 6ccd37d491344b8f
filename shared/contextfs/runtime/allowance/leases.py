"""What this process holds of each bucket: units are leased in blocks, so that most calls ask nobody.

The count is exact where it is kept together: every unit that is spent was taken there, before or soon after. What the
leases add: a process may spend units that it leased up to a window (60 s) ago, so that over any `s` seconds no more
is spent than `units * (1 + s / seconds)`, and 5 % of `units` for each process. What they take: units that a
process leased and did not spend in time are lost to the others, 5 % of `units` at the most, too.

A call that is made before its caller is known is owed, and paid at its end: each process lets in, beyond the bucket, as
many calls of one caller as are under way at once. A bucket that is empty is not asked again before it holds something.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contextfs.domain.limits.rules import block
from contextfs.kit.allowance import Allowances, Granted, Quota, Subject, Wanted
from contextfs.kit.errors import ContextFSError

_log = logging.getLogger(__name__)
_MOST = 20_000
_TURNS = 5
_WITHOUT = timedelta(seconds=5)
"""How long is counted in this process alone, after the common count did not answer."""

Claim = tuple[Subject, Quota]


@dataclass
class Lease:
    """What a process holds of one bucket; less than nothing when it owes."""

    held: int = 0
    left: int = 0
    """What remained in the bucket itself, when it was last asked."""
    size: int = 1
    taken_at: datetime | None = None
    empty_until: datetime | None = None

    def wait(self, now: datetime) -> float | None:
        """Give the seconds until the bucket holds something, or None when it may be asked."""
        if self.empty_until is None or self.empty_until <= now:
            return None
        return (self.empty_until - now).total_seconds()


class Leases:
    """The leases of this process; safe to share between threads. Only `common` is asked, and never under the lock."""

    def __init__(self, common: Allowances, alone: Allowances) -> None:
        self._common = common
        self._alone = alone
        self._lock = threading.Lock()
        self._leases: OrderedDict[Subject, Lease] = OrderedDict()
        self._without_until: datetime | None = None

    def is_alone(self, now: datetime) -> bool:
        """Tell whether this process counts for itself, because nobody counts for all."""
        return self._without_until is not None and self._without_until > now

    def spend(self, claims: Sequence[Claim], cost: int, now: datetime) -> tuple[Quota, float] | None:
        """Spend units of each bucket, or of none; gives the quota that is used up, and the seconds to wait."""
        with self._lock:
            short = self._spent(claims, cost, now)
        for _ in range(_TURNS):
            if not short:
                return None
            refused = self.used_up(short, now)
            if refused is not None:
                return refused
            # What is bought for this call is spent by it at once, so that nobody comes between. Of the other bucket, of
            # which enough was held before, all may be spent meanwhile: it is bought of in the next turn.
            short = self._buy(short, cost, now, paying=claims)
        return (self.used_up(short, now) or (short[0][1], 1.0)) if short else None

    def owe(self, claims: Sequence[Claim], cost: int) -> None:
        """Spend units that are paid for later, by `settle`; a negative cost gives units back."""
        with self._lock:
            for subject, _ in claims:
                self._lease(subject).held -= cost

    def settle(self, claims: Sequence[Claim], now: datetime) -> None:
        """Pay what is owed."""
        with self._lock:
            owing = [claim for claim in claims if self._lease(claim[0]).held < 0]
        if owing and self.used_up(owing, now) is None:
            self._buy(owing, 0, now, paying=())

    def left(self, claims: Sequence[Claim]) -> Mapping[Subject, int]:
        """Tell what is left of each bucket, as far as this process knows."""
        with self._lock:
            leases = [(subject, self._lease(subject)) for subject, _ in claims]
        return {subject: max(0, lease.left + lease.held) for subject, lease in leases}

    def _spent(self, claims: Sequence[Claim], cost: int, now: datetime) -> list[Claim]:
        """Spend what is held of all of them; gives those of which too little is held: then nothing was spent.

        It is called under the lock.
        """
        leases = [self._lease(subject) for subject, _ in claims]
        for lease, (_, quota) in zip(leases, claims, strict=True):
            if lease.held > 0 and lease.taken_at and (now - lease.taken_at).total_seconds() > quota.seconds:
                lease.held = 0
        short = [claim for lease, claim in zip(leases, claims, strict=True) if lease.held < cost]
        if not short:
            for lease in leases:
                lease.held -= cost
        return short

    def used_up(self, claims: Sequence[Claim], now: datetime) -> tuple[Quota, float] | None:
        """Give the quota that is known to be used up, and the seconds to wait, if one is."""
        with self._lock:
            waits = [(quota, self._lease(subject).wait(now)) for subject, quota in claims]
        refused = [(quota, wait) for quota, wait in waits if wait is not None]
        return max(refused, key=lambda one: one[1]) if refused else None

    def _buy(self, claims: Sequence[Claim], cost: int, now: datetime, *, paying: Sequence[Claim]) -> list[Claim]:
        """Lease a block of each bucket, and spend of all that pay; gives those of which too little is held still."""
        with self._lock:
            wanted = [self._wanted(subject, quota, cost, now) for subject, quota in claims]
        granted = self._take(wanted, now)
        with self._lock:
            for one, got in zip(wanted, granted, strict=True):
                lease = self._lease(one.subject)
                lease.held += got.units
                lease.left = got.left
                lease.taken_at = now
                lease.empty_until = None if got.units else now + timedelta(seconds=got.wait)
            return self._spent(paying, cost, now)

    def _wanted(self, subject: Subject, quota: Quota, cost: int, now: datetime) -> Wanted:
        lease = self._lease(subject)
        since = (now - lease.taken_at).total_seconds() if lease.taken_at else 0.0
        lease.size = block(lease.size, since, quota) if lease.taken_at else cost or 1
        least = min(quota.units, max(1, cost - lease.held))
        return Wanted(subject, quota, least, max(least, lease.size))

    def _take(self, wanted: Sequence[Wanted], now: datetime) -> Sequence[Granted]:
        """Ask the common count; while it does not answer, this process counts alone, and says so in the log."""
        if self.is_alone(now):
            return self._alone.take(wanted, now)
        try:
            return self._common.take(wanted, now)
        except ContextFSError as error:
            self._without_until = now + _WITHOUT
            _log.warning("allowances are counted by this process alone", extra={"kind": type(error).__name__})
            return self._alone.take(wanted, now)

    def _lease(self, subject: Subject) -> Lease:
        """Give the lease of a bucket. There are not more than can be held: who was not seen for longest goes."""
        lease = self._leases.get(subject)
        if lease is None:
            lease = self._leases[subject] = Lease()
            if len(self._leases) > _MOST:
                self._leases.popitem(last=False)
        else:
            self._leases.move_to_end(subject)
        return lease
