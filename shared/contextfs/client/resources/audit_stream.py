"""Where an organization's audit log is streamed to: `client.audit_stream`."""

from contextfs.client.http.transport import Transport
from contextfs.domain.audit.model import (
    AuditStream,
    AuditStreamChange,
    AuditStreamSet,
    AuditStreamTest,
    NewStreamSecret,
    StreamFormat,
)

_PATH = "/v1/admin/audit-logs/stream"


class AuditStreams:
    """Sets, shows and tests where the audit log is streamed to."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self) -> AuditStream:
        """Read where the log is streamed to, and up to where; without a stream it is off."""
        return self._transport.call("GET", _PATH, AuditStream)

    def put(
        self,
        url: str,
        *,
        format: StreamFormat = "cloudevents",  # noqa: A002 - the field's name
        authorization: str | None = None,
        backfill: bool = False,
    ) -> AuditStreamSet:
        """Stream the log to an address; a new stream returns the secret that signs it."""
        change = AuditStreamChange(url=url, format=format, authorization=authorization, backfill=backfill)
        return self._transport.call("PUT", _PATH, AuditStreamSet, body=change)

    def delete(self) -> None:
        """Stop streaming the log."""
        self._transport.send("DELETE", _PATH)

    def rotate(self, *, grace_hours: int = 24) -> AuditStreamSet:
        """Give the stream a new secret; for some hours both secrets sign."""
        return self._transport.call(
            "POST", f"{_PATH}/rotate", AuditStreamSet, body=NewStreamSecret(grace_hours=grace_hours)
        )

    def test(self) -> AuditStreamTest:
        """Send one event that says that it is a test."""
        return self._transport.call("POST", f"{_PATH}/test", AuditStreamTest)
