"""After how many wrong tries a credential has to wait, at the address that tried it.

A lock holds for one credential at one address: whoever tries at theirs locks nobody out elsewhere, and nobody with
another credential. What is tried during a lock is not looked at and not counted, so each lock ends at its time.
"""

from datetime import timedelta

FREE = 5
"""So many wrong tries cost nothing."""
LOCKED = 10
"""From so many on it is a lock, and not only a pause."""
LOCK = timedelta(minutes=15)
FORGOTTEN = timedelta(hours=1)
"""After so long without a wrong try, counting begins anew."""


def pause(tries: int) -> timedelta:
    """Say how long nothing more is looked at after so many wrong tries: 1, 2, 4, 8, 16 seconds, then minutes."""
    if tries < FREE:
        return timedelta(0)
    return LOCK if tries >= LOCKED else timedelta(seconds=2 ** (tries - FREE))
