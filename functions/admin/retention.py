"""Read how long the audit log is kept."""

from contextfs.domain.audit import retention
from contextfs.domain.audit.model import Retention
from contextfs.kit.call import Call


def handle(call: Call) -> Retention:
    """Read for how many days the audit log is kept; null is for ever."""
    return retention.get(call.tx)
