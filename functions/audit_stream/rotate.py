"""Give the stream of the audit log a new secret."""

from contextfs.domain.audit.model import AuditStreamSet, NewStreamSecret
from contextfs.journeys.keep import streaming
from contextfs.kit.call import Call


def handle(call: Call, body: NewStreamSecret) -> AuditStreamSet:
    """Give the stream a new secret, which is shown this once; for some hours what is sent is signed by both."""
    return streaming.rotate(call, body)
