"""Accept and discard OpenTelemetry metrics."""

from uuid import UUID

from contextfs.kit.call import Call
from contextfs.kit.payload import Payload
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.otlp import wire


def handle(call: Call, body: Payload, project_id: UUID | None = None) -> HttpResponse:  # noqa: ARG001 - as its siblings
    """Accept an OTLP export of metrics, and discard it: exporters send metrics along, but they hold no conversation.

    Nothing of it is stored.
    """
    return wire.taken(body)
