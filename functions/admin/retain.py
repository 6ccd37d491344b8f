"""Set how long the audit log is kept."""

from contextfs.domain.audit.model import Retention
from contextfs.journeys.keep.retention import change
from contextfs.kit.call import Call


def handle(call: Call, body: Retention) -> Retention:
    """Set for how many days the audit log is kept; null is for ever. Older entries go, the rest can be checked."""
    return change(call, body)
