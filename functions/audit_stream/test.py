"""Test where the audit log is streamed to."""

from contextfs.domain.audit.model import AuditStreamTest
from contextfs.journeys.keep import streaming
from contextfs.kit.call import Call, Outside


def handle(call: Call) -> Outside[AuditStreamTest]:
    """Send one signed test event, and return the outcome; nothing is marked as delivered."""
    return streaming.test(call)
