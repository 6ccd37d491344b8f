"""Receive OpenTelemetry logs."""

from uuid import UUID

from contextfs.journeys.ingest.telemetry import take
from contextfs.kit.call import Call
from contextfs.kit.payload import Payload
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.otlp import wire


def handle(call: Call, body: Payload, project_id: UUID | None = None) -> HttpResponse:
    """Receive an OTLP export of logs, and store the generative AI conversations in it; the rest is discarded.

    `project_id` is required unless the key is for one project.
    """
    rejected, told = take(call, wire.signals("logs", body), project_id)
    return wire.reply("logs", body.media_type, rejected, told)
