"""Forget what was kept against repetition, when nothing can repeat any more, and packs that nobody will ask about."""

from datetime import datetime, timedelta
from uuid import UUID

from contextfs.domain.access.tokens import store as tokens
from contextfs.domain.context import store as packs
from contextfs.domain.devices import store as devices
from contextfs.domain.events import store
from contextfs.domain.exports import rules
from contextfs.domain.exports import store as exports
from contextfs.domain.grants import store as grants
from contextfs.domain.limits import store as limits
from contextfs.domain.lockouts import store as lockouts
from contextfs.domain.logins import store as logins
from contextfs.domain.sso import store as signins
from contextfs.kit.errors import ContextFSError, Unavailable
from contextfs.kit.ports import Blobs, Database

_CONSUMED = timedelta(days=30)
_REPLIES = timedelta(hours=24)
_LOGINS = timedelta(days=30)
_BUCKETS = timedelta(hours=1)
_TRIES = timedelta(days=1)
PACKS = timedelta(days=90)
RECALLS = timedelta(days=730)


def expire(database: Database, now: datetime) -> int:
    """Delete rows that are over: inbox rows, replies, logins, tokens, buckets, packs; gives how many."""
    with database.transaction() as (tx, _):
        begun = signins.expire(tx, now) + devices.expire(tx, now)
        ended = begun + logins.expire(tx, now - _LOGINS) + tokens.expire(tx, now) + grants.expire(tx, now - _LOGINS)
        ended += limits.expire(tx, now - _BUCKETS) + lockouts.expire(tx, now - _TRIES)
        ended += packs.forget(tx, packs_before=now - PACKS, recalls_before=(now - RECALLS).date())
        return ended + store.expire(tx, consumed_before=now - _CONSUMED, replies_before=now - _REPLIES)


def expire_exports(database: Database, now: datetime, blobs: Blobs | None) -> int:
    """Delete exports whose time is over, with their files; gives how many.

    No transaction is open while files are deleted. One that cannot be deleted keeps its row, is tried again the next
    time, and stops no other one: it is told when these are gone.
    """
    with database.transaction() as (tx, _):
        over = exports.over(tx, now)
    gone: list[tuple[UUID, UUID]] = []
    failed: ContextFSError | None = None
    for org_id, export_id in over:
        try:
            if blobs is not None:
                blobs.delete(rules.key(org_id, export_id))
        except ContextFSError as error:
            failed = error
            if isinstance(error, Unavailable):
                break  # each of the others would wait for the same answer
        else:
            gone.append((org_id, export_id))
    with database.transaction() as (tx, _):
        exports.forget(tx, gone)
    if failed is not None:
        raise failed
    return len(gone)
