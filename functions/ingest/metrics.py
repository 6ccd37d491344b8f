"""Let metrics of OpenTelemetry go."""

from uuid import UUID

from contextfs.kit.call import Call
from contextfs.kit.payload import Payload
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.otlp import wire


def handle(call: Call, body: Payload, project_id: UUID | None = None) -> HttpResponse:  # noqa: ARG001 - as its siblings
    """Take an OTLP export of metrics and let it go: exporters send it to where the rest goes, and nobody speaks in it.

    Nothing of it is kept.
    """
    return wire.taken(body)
