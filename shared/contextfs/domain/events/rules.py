"""How often and how late a failing event is tried again."""

from datetime import datetime, timedelta

MOST_ATTEMPTS = 8
LEASE = timedelta(seconds=20)
"""How long a claim keeps others away. Who works on it renews it; where that fails, work is done twice at the worst, and
counted once."""

_FIRST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=10)


def next_try(attempts: int, now: datetime) -> datetime | None:
    """Tell when to try again after so many attempts: 1, 2, 4, … seconds later; None when it is enough."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + min(_FIRST_WAIT * 2 ** (attempts - 1), _LONGEST_WAIT)
