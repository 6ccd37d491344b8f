"""Show where the audit log is streamed to."""

from contextfs.domain.audit import streams
from contextfs.domain.audit.model import AuditStream
from contextfs.kit.call import Call


def handle(call: Call) -> AuditStream:
    """Show where the audit log is streamed to, how far it has come, and what went wrong last."""
    return streams.get(call.tx)
