"""Stream the audit log no more."""

from contextfs.domain.audit import streams
from contextfs.kit.call import Call


def handle(call: Call) -> None:
    """Stream the audit log no more; where it was streamed to is forgotten, and how far."""
    streams.delete(call.tx)
