"""Keep the audit log honest: seal what is new, and check the whole."""

from contextfs.domain.audit import store
from contextfs.domain.audit.chain import check
from contextfs.domain.audit.model import AuditReport
from contextfs.kit.call import Call
from contextfs.kit.errors import NotAllowed
from contextfs.kit.ports import Database, Transaction

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


def verify(call: Call, kept: str | None) -> AuditReport:
    """Check the chain of the caller's organization, also against a head that was noted earlier."""
    if call.principal.project_ids is not None:
        raise NotAllowed("The log is checked as a whole: this needs a key of the organization, not of one project.")
    report = _checked(call.tx, kept)
    # Who seals meanwhile may look like somebody who changes: what is wrong is wrong the second time, too.
    return report if report.intact else _checked(call.tx, kept)


def _checked(tx: Transaction, kept: str | None) -> AuditReport:
    end = store.end(tx)
    head = None if end.position is None or end.hash is None else (end.position, end.hash)
    found = check(store.links(tx, end.position), head, _noted(kept) if kept else None)
    return AuditReport(
        intact=not found.faults,
        checked=found.links,
        unsealed=end.unsealed,
        head=None if head is None else f"{head[0]}:{head[1].hex()}",
        faults=found.faults,
    )


def _noted(head: str) -> tuple[int, bytes]:
    position, _, digest = head.partition(":")
    return int(position), bytes.fromhex(digest)
