"""Read where the audit log is streamed to."""

from contextfs.domain.audit import streams
from contextfs.domain.audit.model import AuditStream
from contextfs.kit.call import Call


def handle(call: Call) -> AuditStream:
    """Read where the audit log is streamed to, its progress, and the last error."""
    return streams.get(call.tx)
