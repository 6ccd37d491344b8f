"""Signals from OTLP's protobuf, by the classes of `opentelemetry-proto` (extra `otlp`)."""

from collections.abc import Iterator
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsPartialSuccess,
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from contextfs.journeys.ingest.genai import Signal
from contextfs.journeys.ingest.said import moment_of
from contextfs.kit.errors import BadInput
from contextfs.kit.storable import storable


def signals(kind: str, content: bytes) -> list[Signal]:
    """Read a request; BadInput for bytes that are none."""
    request: Any = ExportTraceServiceRequest() if kind == "traces" else ExportLogsServiceRequest()
    try:
        request.ParseFromString(content)
    except Exception as error:
        raise BadInput("The body is not protobuf of this request of OTLP.", where="body") from error
    return list(_spans(request) if kind == "traces" else _logs(request))


def reply(kind: str, rejected: int, told: str) -> bytes:
    """Write the reply."""
    if kind == "traces":
        spans = ExportTracePartialSuccess(rejected_spans=rejected, error_message=told)
        return ExportTraceServiceResponse(partial_success=spans if told else None).SerializeToString()
    records = ExportLogsPartialSuccess(rejected_log_records=rejected, error_message=told)
    return ExportLogsServiceResponse(partial_success=records if told else None).SerializeToString()


def _spans(request: Any) -> Iterator[Signal]:
    for resource in request.resource_spans:
        common = _attributes(resource.resource)
        for span in (span for scope in resource.scope_spans for span in scope.spans):
            known = common | _attributes(span)
            yield _signal(span, span.name, known, span.end_time_unix_nano)
            for event in span.events:
                yield _signal(span, event.name, known | _attributes(event), event.time_unix_nano, is_event=True)


def _logs(request: Any) -> Iterator[Signal]:
    for resource in request.resource_logs:
        common = _attributes(resource.resource)
        for record in (record for scope in resource.scope_logs for record in scope.log_records):
            known = common | _attributes(record)
            name = record.event_name or known.get("event.name") or ""
            at = record.time_unix_nano or record.observed_time_unix_nano
            yield _signal(record, str(name), known, at, body=_value(record.body), is_event=True)


def _signal(
    owner: Any, name: str, known: dict[str, Any], at: int, *, body: Any = None, is_event: bool = False
) -> Signal:
    return Signal(
        name=name,
        trace_id=owner.trace_id.hex(),
        span_id=owner.span_id.hex(),
        at=moment_of(at or None),
        attributes=storable(known),
        body=storable(body),
        is_event=is_event,
    )


def _attributes(owner: Any) -> dict[str, Any]:
    return {one.key: _value(one.value) for one in owner.attributes}


def _value(told: Any) -> Any:
    match told.WhichOneof("value"):
        case None | "bytes_value":
            return None
        case "array_value":
            return [_value(one) for one in told.array_value.values]
        case "kvlist_value":
            return {one.key: _value(one.value) for one in told.kvlist_value.values}
        case kind:
            return getattr(told, kind)
