"""Stop streaming the audit log."""

from contextfs.domain.audit import streams
from contextfs.kit.call import Call


def handle(call: Call) -> None:
    """Stop streaming the audit log; its address and progress are forgotten."""
    streams.delete(call.tx)
