"""Check that nobody changed the audit log."""

from contextfs.domain.audit.model import AuditReport, Head
from contextfs.journeys.keep.audit import verify
from contextfs.kit.call import Call, Outside


def handle(call: Call, *, head: Head | None = None) -> Outside[AuditReport]:
    """Check the chain of the audit log, and that `head`, from an earlier check, is still in it."""
    return verify(call, head)
