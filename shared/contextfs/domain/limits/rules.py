"""The rules of a bucket, and of how many units a process takes of it at once.

A bucket is kept as one moment, `taken_until`: when all that was taken will have flowed back (the generic cell rate
algorithm, ITU-T I.371; the virtual scheduling form). One that is full has a moment in the past.
"""

import math

from contextfs.kit.allowance import Granted, Quota

_ROUNDING = 0.001
"""Units by which a moment in microseconds may be off."""
_SHARE = 20
"""A process holds a twentieth of a quota at the most."""
_QUICK_SECONDS = 1.0
_SLOW_SECONDS = 10.0


def take(taken_until: float, now: float, quota: Quota, least: int, most: int) -> tuple[float, Granted]:
    """Take of a bucket; gives its new moment, too. Times are seconds of one clock.

    In any `s` seconds a bucket gives no more than `units * (1 + s / seconds)`.
    """
    each = quota.seconds / quota.units
    begins = max(taken_until, now)
    room = max(0, math.floor((now + quota.seconds - begins) / each + _ROUNDING))
    units = min(most, room) if room >= least else 0
    wait = 0.0 if units else max(0.0, begins + least * each - now - quota.seconds)
    return begins + units * each, Granted(units, room - units, wait)


def block(before: int, since: float, quota: Quota) -> int:
    """Say how many units to take at once, `since` seconds after a block of `before` units was taken.

    It doubles for who comes back quickly and falls for who does not: a busy process asks seldom, an idle one holds
    little.
    """
    largest = max(1, quota.units // _SHARE)
    if since < _QUICK_SECONDS:
        return min(largest, before * 2)
    return before if since < _SLOW_SECONDS else max(1, before // 4)
