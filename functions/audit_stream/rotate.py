"""Rotate the secret of the audit log's stream."""

from contextfs.domain.audit.model import AuditStreamSet, NewStreamSecret
from contextfs.journeys.keep import streaming
from contextfs.kit.call import Call


def handle(call: Call, body: NewStreamSecret) -> AuditStreamSet:
    """Give the stream a new secret, which is shown only once; for some hours, deliveries are signed with both."""
    return streaming.rotate(call, body)
