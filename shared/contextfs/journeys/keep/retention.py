"""Let entries of audit logs go that their organizations need not keep, so that what stays can still be checked.

Only what the chain vouches for is let go: from where it was cut last, by a checkpoint of ours, and on to where a file
outside of the database knows it to end. So who owns the database can have entries let go that are old, and by none of
these cuts hide that they changed or took out another one, unless they replace the function by which the platform's own
role reads the chain (`audit_links`), which is theirs like all of the database.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from contextfs.domain.audit import anchors, retention
from contextfs.domain.audit.anchors import NEVER, Anchor
from contextfs.domain.audit.chain import Link, holds
from contextfs.domain.audit.checkpoint import is_signed, sign
from contextfs.domain.audit.model import Retention
from contextfs.domain.audit.retention import Due
from contextfs.journeys.keep.anchoring import anchored
from contextfs.kit.call import Call
from contextfs.kit.clock import Clock
from contextfs.kit.errors import ContextFSError, Unavailable
from contextfs.kit.ids import Entropy, uuid7
from contextfs.kit.ports import Blobs, Database

_log = logging.getLogger(__name__)
_AT_ONCE: Final = timedelta(days=1)
"""A log is cut once it holds so much more than is kept: each time its chain is read up to its end."""
_PART: Final = 10_000
"""Entries that go in one transaction, each part with a checkpoint of its own."""
_PARTS: Final = 20
"""So many parts of one log go in one run: then it is the turn of the others."""


def change(call: Call, wanted: Retention) -> Retention:
    """Say how long the log is kept; for ever, where no days are named."""
    retention.put(call.tx, call.principal.org_id, wanted.keep_days, by=call.principal.actor_id, now=call.now)
    call.note(keep_days=wanted.keep_days)
    return wanted


def cut(
    database: Database, blobs: Blobs | None, key: bytes, clock: Clock, entropy: Entropy, *, most: int = _PART
) -> int:
    """Cut each log that holds a day more than its organization keeps; gives how many entries went.

    They go in parts of `most`, and the log that was looked at longest ago comes first: a long one, and one with which a
    run ended before its time, keep no other waiting.

    One whose chain does not hold, or is not yet known by its file, is left as it is: nothing is let go that somebody
    may have to look at. So is one whose stream was set anew a moment ago, and begins before what would go. A file that
    the store does not give stops no other log: it is told when those are done.
    """
    now, total, failed = clock(), 0, None
    with database.transaction() as (tx, _):
        long = {one.org_id for one in retention.to_cut(tx, now - _AT_ONCE)}
        due = [one for one in retention.to_cut(tx, now) if one.org_id in long]
    for one in due:
        with database.transaction() as (tx, _):
            retention.look(tx, one.org_id, now)
        try:
            gone = _cut(database, blobs, key, one, clock=clock, entropy=entropy, most=most)
        except Unavailable:
            raise  # each of the others would wait for the same answer
        except ContextFSError as error:
            gone, failed = None, error
        if gone is None:
            _log.warning(
                "an audit log was not cut: it does not hold, its file does not know it, or it is to be streamed anew",
                extra={"org_id": str(one.org_id)},
            )
        total += gone or 0
    if failed is not None:
        raise failed
    return total


def _cut(
    database: Database, blobs: Blobs | None, key: bytes, due: Due, *, clock: Clock, entropy: Entropy, most: int
) -> int | None:
    """Cut one log; gives how many entries went, None where something keeps them that no other run explains.

    What is signed is what was looked at: where that is changed meanwhile, the cut explains nothing.
    """
    total, parts = 0, _vouched_for(database, blobs, key, due, most)
    for position, hash_ in parts[:_PARTS]:
        part = Due(org_id=due.org_id, position=position, hash=hash_)
        now, signature = clock(), sign(due.org_id, position, hash_, key)
        with database.transaction() as (tx, _):
            gone = retention.cut(tx, part, signature, now=now, entry_id=uuid7(now, entropy))
        if not gone:
            return total if total or _is_done(database, key, part) else None
        total += gone
    return total if parts or _is_done(database, key, due) else None


def _is_done(database: Database, key: bytes, due: Due) -> bool:
    """Tell whether another run cut a log meanwhile: a checkpoint of ours says so."""
    with database.transaction() as (tx, _):
        ending = anchors.ending(tx, due.org_id)
    cut_ = None if ending is None else ending.cut
    return cut_ is not None and cut_.position >= due.position and is_signed(due.org_id, cut_, key)


def _vouched_for(database: Database, blobs: Blobs | None, key: bytes, due: Due, most: int) -> list[Anchor]:
    """Give where the parts of a log end that may go; none, unless its chain holds.

    That is from where it was cut last to where the last part ends, and on to where the file, if there is one, knows it.
    """
    end, org_id = (due.position, due.hash), due.org_id
    known = end if blobs is None else anchored(blobs, org_id)
    with database.transaction() as (tx, _):
        ending = anchors.ending(tx, org_id)
        cut_ = None if ending is None else ending.cut
        if known[0] < end[0] or (cut_ is not None and not is_signed(org_id, cut_, key)):
            return []
        start = NEVER if cut_ is None else (cut_.position, cut_.hash)
        ends: list[Anchor] = []
        to_go = _noting(anchors.links(tx, org_id, start[0], end[0]), start[0] + most, most, ends)
        if not holds(to_go, start, end) or not holds(anchors.links(tx, org_id, end[0], known[0]), end, known):
            return []
    return ends if ends and ends[-1] == end else [*ends, end]


def _noting(links: Iterable[Link], first: int, every: int, ends: list[Anchor]) -> Iterator[Link]:
    """Pass links on, and note where parts of so many end."""
    for link in links:
        if link.position >= first and (link.position - first) % every == 0:
            ends.append((link.position, link.hash))
        yield link
