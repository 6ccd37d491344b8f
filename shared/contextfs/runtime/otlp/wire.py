"""A request of OTLP becomes signals, and the reply has the same encoding. https://opentelemetry.io/docs/specs/otlp/

JSON has ids in hex and whole numbers of 64 bits as text; a field that is not known is passed over, as the format wants.
"""

from typing import Any, Final, Literal, cast

import msgspec

from contextfs.journeys.ingest.genai import Signal
from contextfs.kit.errors import BadInput, UnsupportedMedia
from contextfs.kit.payload import Payload
from contextfs.runtime.http.foreign import decoded
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.otlp import plain
from contextfs.runtime.table import JSON, PROTOBUF

Kind = Literal["traces", "logs"]
_REJECTED: Final = {"traces": "rejectedSpans", "logs": "rejectedLogRecords"}


def signals(kind: Kind, payload: Payload) -> list[Signal]:
    """Read a request's spans with their events, or its log records; BadInput for what is none."""
    if payload.media_type == PROTOBUF:
        return _protobuf().signals(kind, payload.content)
    body = _request(payload)
    return list(plain.spans(body) if kind == "traces" else plain.logs(body))


def reply(kind: Kind, media_type: str, rejected: int, told: str) -> HttpResponse:
    """Answer that all was taken, or how much was not, and why."""
    if media_type == PROTOBUF:
        content = _protobuf().reply(kind, rejected, told)
        return HttpResponse(status=200, body=content, headers={"content-type": PROTOBUF})
    partial: dict[str, Any] = {_REJECTED[kind]: str(rejected), "errorMessage": told}
    answer = {"partialSuccess": partial} if told else {}
    return HttpResponse(status=200, body=msgspec.json.encode(answer), headers={"content-type": JSON})


def taken(payload: Payload) -> HttpResponse:
    """Answer that all was taken: an empty message, which protobuf has no byte for; BadInput for JSON of no kind."""
    if payload.media_type == PROTOBUF:
        return HttpResponse(status=200, body=b"", headers={"content-type": PROTOBUF})
    _request(payload)
    return HttpResponse(status=200, body=b"{}", headers={"content-type": JSON})


def _request(payload: Payload) -> dict[str, Any]:
    body = decoded(payload)
    if not isinstance(body, dict):
        wanted = "an object with resourceSpans, resourceLogs or resourceMetrics"
        raise BadInput(f"The body is not a request of OTLP: it is {wanted}.", where="$")
    return cast("dict[str, Any]", body)


def _protobuf() -> Any:
    try:
        from contextfs.runtime.otlp import protobuf  # noqa: PLC0415 - an extra of the distribution
    except ModuleNotFoundError:
        cure = "set OTEL_EXPORTER_OTLP_PROTOCOL=http/json, or install the server's extra `otlp`"
        raise UnsupportedMedia(f"This server reads no protobuf: {cure}.", where="header.Content-Type") from None
    return protobuf
