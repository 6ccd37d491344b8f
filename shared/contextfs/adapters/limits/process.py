"""Buckets in the memory of this process: what counts when nothing else does."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from contextfs.domain.limits.rules import take
from contextfs.kit.allowance import Granted, Subject, Wanted

_MOST = 20_000


class ProcessAllowances:
    """Counts for this process alone; when there are too many buckets, it forgets who was not seen for longest."""

    def __init__(self) -> None:
        self._taken_until: OrderedDict[Subject, float] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, wanted: Sequence[Wanted], now: datetime) -> Sequence[Granted]:
        """Take units of several buckets."""
        with self._lock:
            return [self._take(one, now.timestamp()) for one in wanted]

    def _take(self, one: Wanted, now: float) -> Granted:
        before = self._taken_until.pop(one.subject, now)
        self._taken_until[one.subject], granted = take(before, now, one.quota, one.least, one.most)
        if len(self._taken_until) > _MOST:
            self._taken_until.popitem(last=False)
        return granted
