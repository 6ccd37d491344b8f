"""Note where the chains of audit logs end, outside of the database, and read it again as a log is checked.

An anchor is moved on only along a chain that holds from there to its end: of one that was cut off, set back or written
anew the file stays as it is, and tells so, until whoever runs the installation deletes it. What a signed checkpoint let
go is taken for gone.
"""

import logging
from datetime import datetime
from uuid import UUID

from contextfs.domain.audit import anchors
from contextfs.domain.audit.anchors import NEVER, Anchor, Ending
from contextfs.domain.audit.chain import holds
from contextfs.domain.audit.checkpoint import is_signed
from contextfs.kit.errors import ContextFSError, NotFound, Unavailable
from contextfs.kit.ports import Blobs, Database, Transaction

_log = logging.getLogger(__name__)
_AT_ONCE = 500
_MOST = 2_500
"""So many a run looks at, which has minutes: the next one begins with the others."""


def anchor(database: Database, blobs: Blobs | None, key: bytes, now: datetime) -> int:
    """Note the ends that moved; gives how many. `key` is what checkpoints are signed with.

    A file that the store does not give or take stops no other one: it is told when those are done.
    """
    moved, looked, failed = 0, 0, None
    while blobs is not None and looked < _MOST:
        with database.transaction() as (tx, _):
            found = anchors.due(tx, now, _AT_ONCE)
        looked += len(found)
        for org_id in found:
            try:
                moved += _moved(database, blobs, key, org_id, now)
            except Unavailable:
                raise  # each of the others would wait for the same answer; the next run begins with those
            except ContextFSError as error:
                failed = error
        if len(found) < _AT_ONCE:
            break
    if failed is not None:
        raise failed
    return moved


def anchored(blobs: Blobs, org_id: UUID) -> Anchor:
    """Read where an organization's chain ended when that was noted last; NEVER where it was not yet."""
    try:
        return anchors.read(blobs.get(anchors.key(org_id)))
    except NotFound:
        return NEVER


def _moved(database: Database, blobs: Blobs, key: bytes, org_id: UUID, now: datetime) -> bool:
    with database.transaction() as (tx, _):  # before anything else: what a run dies of is not the first of the next
        if not anchors.look(tx, org_id, now):
            return False
    with database.transaction() as (tx, _):  # open while the file is moved: of two runs one would move it back
        ending = anchors.ending(tx, org_id) if anchors.hold(tx, org_id) else None
        if ending is None:
            return False
        before = anchored(blobs, org_id)
        if before not in {NEVER, ending.end} and not _goes_on_now(tx, key, org_id, before, ending):
            told = {"org_id": str(org_id), "noted": before[0], "end": ending.end[0]}
            _log.error("an audit log does not go on from where it ended before: check it", extra=told)
            return False
        if before != ending.end:
            blobs.put(anchors.key(org_id), [anchors.written(ending.end)], media_type="text/plain")
        anchors.note(tx, org_id, ending.end[0])
    return before != ending.end


def _goes_on_now(tx: Transaction, key: bytes, org_id: UUID, before: Anchor, ending: Ending) -> bool:
    """Look twice: what is let go meanwhile looks like what somebody took out, and what was taken out stays so."""
    if _goes_on(tx, key, org_id, before, ending):
        return True
    again = anchors.ending(tx, org_id)
    return again is not None and _goes_on(tx, key, org_id, before, again._replace(end=ending.end))


def _goes_on(tx: Transaction, key: bytes, org_id: UUID, before: Anchor, ending: Ending) -> bool:
    """Tell whether a chain holds from an anchor to its end: computed anew, of what its entries say now.

    Where entries behind the anchor were let go, as a signed checkpoint tells, from the last one of these.
    """
    start, cut = before, ending.cut
    if cut is not None and cut.position > before[0] and is_signed(org_id, cut, key):
        start = cut.position, cut.hash
    return holds(anchors.links(tx, org_id, start[0], ending.end[0]), start, ending.end)
