"""Note where the chains of audit logs end, outside of the database, and read it again as a log is checked.

An anchor is moved on only while the chain still holds it: one that was cut off, or written anew, keeps the anchor that
tells so, until whoever runs the installation deletes that file.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from contextfs.domain.audit import anchors
from contextfs.domain.audit.anchors import Anchor
from contextfs.domain.audit.checkpoint import is_signed
from contextfs.kit.errors import NotFound
from contextfs.kit.ports import Blobs, Database

_log = logging.getLogger(__name__)
_AT_ONCE = 500
_SEALED_WITHIN = timedelta(hours=25)
"""Of chains that nothing came to for longer, the end is noted already: this runs each hour, and may miss a day."""


def anchor(database: Database, blobs: Blobs | None, key: bytes, now: datetime) -> int:
    """Note the ends that moved; gives how many. `key` is what checkpoints are signed with."""
    moved, behind = 0, UUID(int=0)
    while blobs is not None:
        with database.transaction() as (tx, _):
            found = anchors.ends(tx, now - _SEALED_WITHIN, behind, _AT_ONCE)
        moved += sum(_moved(database, blobs, key, org_id, end) for org_id, end in found)
        if len(found) < _AT_ONCE:
            break
        behind = found[-1][0]
    return moved


def anchored(blobs: Blobs | None, org_id: UUID) -> Anchor | None:
    """Read where an organization's chain ended when that was noted last; None where it never was."""
    if blobs is None:
        return None
    try:
        return anchors.read(blobs.get(anchors.key(org_id)))
    except NotFound:
        return None


def _moved(database: Database, blobs: Blobs, key: bytes, org_id: UUID, end: Anchor) -> bool:
    before = anchored(blobs, org_id)
    if before == end:
        return False
    if before is not None and not _holds(database, key, org_id, before):
        _log.error("an audit log does not hold where it ended before: check it", extra={"org_id": str(org_id)})
        return False
    blobs.put(anchors.key(org_id), [anchors.written(end)], media_type="text/plain")
    return True


def _holds(database: Database, key: bytes, org_id: UUID, before: Anchor) -> bool:
    """Tell whether a chain has an entry still, or has let it go, as a signed checkpoint tells."""
    with database.transaction() as (tx, _):
        found = anchors.place(tx, org_id, before[0])
    if found.cut is not None and found.cut.position >= before[0] and is_signed(org_id, found.cut, key):
        return True
    return found.hash == before[1]
