"""Signals from OTLP's JSON."""

from collections.abc import Iterator
from typing import Any, cast

from contextfs.journeys.ingest.genai import Signal
from contextfs.journeys.ingest.said import inside, listed, moment_of

_WHOLE = 2**63


def spans(body: Any) -> Iterator[Signal]:
    """Give each span, and then each of its events with what the span knows."""
    for resource in listed(inside(body, "resourceSpans")):
        common = _attributes(inside(resource, "resource"))
        for scope in listed(inside(resource, "scopeSpans")):
            for span in listed(inside(scope, "spans")):
                known = common | _attributes(span)
                yield _signal(span, "name", known, inside(span, "endTimeUnixNano"))
                for event in listed(inside(span, "events")):
                    at = inside(event, "timeUnixNano")
                    yield _signal(span, "name", known | _attributes(event), at, event=event)


def logs(body: Any) -> Iterator[Signal]:
    """Give each log record."""
    for resource in listed(inside(body, "resourceLogs")):
        common = _attributes(inside(resource, "resource"))
        for scope in listed(inside(resource, "scopeLogs")):
            for record in listed(inside(scope, "logRecords")):
                at = inside(record, "timeUnixNano")
                at = at if at not in {None, "0", 0} else inside(record, "observedTimeUnixNano")
                yield _signal(record, "eventName", common | _attributes(record), at, event=record)


def _signal(owner: Any, name: str, attributes: dict[str, Any], at: Any, *, event: Any = None) -> Signal:
    said = owner if event is None else event
    return Signal(
        name=str(inside(said, name) or attributes.get("event.name") or ""),
        trace_id=str(inside(owner, "traceId") or "").lower(),
        span_id=str(inside(owner, "spanId") or "").lower(),
        at=moment_of(at),
        attributes=attributes,
        body=_value(inside(said, "body")),
        is_event=event is not None,
    )


def _attributes(owner: Any) -> dict[str, Any]:
    return {
        key: _value(inside(one, "value"))
        for one in listed(inside(owner, "attributes"))
        if isinstance(key := inside(one, "key"), str)
    }


def _value(told: Any) -> Any:
    """Read an AnyValue: an object that names its one kind."""
    if not isinstance(told, dict):
        return None
    [(kind, value)] = list(cast("dict[str, Any]", told).items())[:1] or [("", None)]
    match kind:
        case "arrayValue":
            return [_value(one) for one in listed(inside(value, "values"))]
        case "kvlistValue":
            return {str(inside(one, "key")): _value(inside(one, "value")) for one in listed(inside(value, "values"))}
        case "intValue":
            return _whole(value)
        case _:
            return value


def _whole(value: Any) -> int | None:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) <= _WHOLE else None
