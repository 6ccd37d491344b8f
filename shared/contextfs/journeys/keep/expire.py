"""Forget what was kept against repetition, when nothing can repeat any more."""

from datetime import datetime, timedelta

from contextfs.domain.events import store
from contextfs.domain.limits import store as limits
from contextfs.domain.lockouts import store as lockouts
from contextfs.domain.logins import store as logins
from contextfs.domain.sso import store as signins
from contextfs.kit.ports import Database

_CONSUMED = timedelta(days=30)
_REPLIES = timedelta(hours=24)
_LOGINS = timedelta(days=30)
_BUCKETS = timedelta(hours=1)
_TRIES = timedelta(days=1)


def expire(database: Database, now: datetime) -> int:
    """Delete old inbox rows, old replies, old logins, full buckets and old wrong tries; gives how many."""
    with database.transaction() as (tx, _):
        ended = logins.expire(tx, now - _LOGINS) + signins.expire(tx, now) + limits.expire(tx, now - _BUCKETS)
        ended += lockouts.expire(tx, now - _TRIES)
        return ended + store.expire(tx, consumed_before=now - _CONSUMED, replies_before=now - _REPLIES)
