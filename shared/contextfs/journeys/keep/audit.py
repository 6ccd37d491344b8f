"""Keep the audit log honest: seal what is new, and check the whole."""

import logging
from uuid import UUID

import msgspec

from contextfs.domain.audit import retention, store
from contextfs.domain.audit.anchors import Anchor
from contextfs.domain.audit.chain import check
from contextfs.domain.audit.checkpoint import is_signed
from contextfs.domain.audit.model import AuditReport
from contextfs.journeys.keep.anchoring import anchored
from contextfs.kit.call import Call, Outside
from contextfs.kit.errors import ContextFSError, Invalid, NotAllowed
from contextfs.kit.ports import Blobs, Database, Transaction

_log = logging.getLogger(__name__)
_AT_ONCE = 2000


def seal(database: Database) -> int:
    """Seal what is not sealed yet, a part at a time; gives how many entries."""
    total = 0
    while True:
        with database.transaction() as (tx, _):
            sealed = store.seal(tx, _AT_ONCE)
        total += sealed
        if sealed < _AT_ONCE:
            return total


def verify(call: Call, kept: str | None) -> Outside[AuditReport]:
    """Check the chain of the caller's organization, also against heads noted earlier: `kept`, and one in a file.

    Where that file could not be read, also because too many ask at once, the log is not called intact.
    """
    if call.principal.project_ids is not None:
        raise NotAllowed("The log is checked as a whole: this needs a key of the organization, not of one project.")
    org_id, blobs = call.principal.org_id, call.services.blobs()

    def check_it(later: Call, anchor: Anchor | None) -> AuditReport:
        own = org_id, later.services.key_pepper
        report = _checked(later.tx, *own, kept, anchor)
        if not report.intact:  # who seals meanwhile may look like one who changes: what is wrong is wrong again
            report = _checked(later.tx, *own, kept, anchor)
        if blobs is not None and anchor is None:
            report = msgspec.structs.replace(report, intact=False, outside="unread")
        later.note(intact=report.intact, checked=report.checked)
        return report

    return Outside(lambda: _outside(blobs, org_id), check_it, needed=False)


def _outside(blobs: Blobs | None, org_id: UUID) -> Anchor | None:
    try:
        return None if blobs is None else anchored(blobs, org_id)
    except ContextFSError as error:
        told = {"org_id": str(org_id), "why": error.detail}
        _log.warning("an audit log was not held against its file, which could not be read", extra=told)
        raise


def _checked(tx: Transaction, org_id: UUID, key: bytes, kept: str | None, anchor: Anchor | None) -> AuditReport:
    end, start = store.end(tx), (0, b"")
    cut = retention.checkpoint(tx)
    if cut is not None and is_signed(org_id, cut, key):  # another one explains nothing: what is gone is missing
        start = cut.position, cut.hash
    head = None if end.position is None or end.hash is None else (end.position, end.hash)
    noted = _noted(kept) if kept else None
    if noted is not None and noted[0] < start[0]:
        raise Invalid(f"Entries up to {start[0]} are not kept any more: take a head that is newer.", where="query.head")
    held = None if anchor is not None and anchor[0] < start[0] else anchor  # it was let go, as the checkpoint tells
    found = check(store.links(tx, end.position), head, noted, held, start=start)
    return AuditReport(
        intact=not found.faults,
        expired=start[0],
        checked=found.links,
        unsealed=end.unsealed,
        head=None if head is None else f"{head[0]}:{head[1].hex()}",
        outside="none" if anchor is None else "read",
        anchored=None if anchor is None else anchor[0],
        faults=found.faults,
    )


def _noted(head: str) -> tuple[int, bytes]:
    position, _, digest = head.partition(":")
    return int(position), bytes.fromhex(digest)
