"""Set where the audit log is streamed to."""

from contextfs.domain.audit.model import AuditStreamChange, AuditStreamSet
from contextfs.journeys.keep import streaming
from contextfs.kit.call import Call, Outside


def handle(call: Call, body: AuditStreamChange) -> Outside[AuditStreamSet]:
    """Stream the audit log to an address, in the order of its chain, each entry at least once.

    Deliveries are signed as in Standard Webhooks. The secret is shown only once, when the stream is new.
    """
    return streaming.change(call, body)
