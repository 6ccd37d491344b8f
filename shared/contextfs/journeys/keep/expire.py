"""Forget what was kept against repetition, when nothing can repeat any more."""

from datetime import datetime, timedelta

from contextfs.domain.access.tokens import store as tokens
from contextfs.domain.devices import store as devices
from contextfs.domain.events import store
from contextfs.domain.grants import store as grants
from contextfs.domain.logins import store as logins
from contextfs.domain.sso import store as signins
from contextfs.kit.ports import Database

_CONSUMED = timedelta(days=30)
_REPLIES = timedelta(hours=24)
_LOGINS = timedelta(days=30)


def expire(database: Database, now: datetime) -> int:
    """Delete old inbox rows, replies, logins, and sign-ins that nobody finished; gives how many."""
    with database.transaction() as (tx, _):
        begun = signins.expire(tx, now) + devices.expire(tx, now)
        ended = begun + logins.expire(tx, now - _LOGINS) + tokens.expire(tx, now) + grants.expire(tx, now - _LOGINS)
        return ended + store.expire(tx, consumed_before=now - _CONSUMED, replies_before=now - _REPLIES)
