"""Take logs of OpenTelemetry."""

from uuid import UUID

from contextfs.journeys.ingest.telemetry import take
from contextfs.kit.call import Call
from contextfs.kit.payload import Payload
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.otlp import wire


def handle(call: Call, body: Payload, project_id: UUID | None = None) -> HttpResponse:
    """Take an OTLP export of logs and keep the conversations of generative AI in it; what is none is let go.

    `project_id` is needed where the key is not of one project.
    """
    rejected, told = take(call, wire.signals("logs", body), project_id)
    return wire.reply("logs", body.media_type, rejected, told)
