"""Forget what was kept against repetition, when nothing can repeat any more, and packs that nobody will ask about."""

from datetime import datetime, timedelta

from contextfs.domain.context import store as packs
from contextfs.domain.events import store
from contextfs.domain.logins import store as logins
from contextfs.domain.sso import store as signins
from contextfs.kit.ports import Database

_CONSUMED = timedelta(days=30)
_REPLIES = timedelta(hours=24)
_LOGINS = timedelta(days=30)
PACKS = timedelta(days=90)
RECALLS = timedelta(days=730)


def expire(database: Database, now: datetime) -> int:
    """Delete old inbox rows, old replies, old logins and old packs; gives how many."""
    with database.transaction() as (tx, _):
        ended = logins.expire(tx, now - _LOGINS) + signins.expire(tx, now)
        ended += packs.forget(tx, packs_before=now - PACKS, recalls_before=(now - RECALLS).date())
        return ended + store.expire(tx, consumed_before=now - _CONSUMED, replies_before=now - _REPLIES)
