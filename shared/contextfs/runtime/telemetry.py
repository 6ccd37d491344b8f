"""OpenTelemetry traces and metrics, behind one setting; without it, calls that cost nothing.

`configure` loads the OpenTelemetry packages (extra `otel`) and sends by OTLP over HTTP; the standard OTEL_* variables
apply. Spans and metrics carry route names, statuses and durations, never content.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol


class Span(Protocol):
    """The little of a span that we use."""

    def set_attribute(self, key: str, value: Any, /) -> Any:
        """Add a fact to the span."""
        ...


class _NoSpan:
    def set_attribute(self, _key: str, _value: Any, /) -> None:
        """Do nothing."""


_NO_SPAN = nullcontext(_NoSpan())


class _State:
    tracer: Any = None
    duration: Any = None


def configure(service: str, endpoint: str | None) -> None:
    """Start sending to an OTLP endpoint (`http://127.0.0.1:4318`); None leaves telemetry off."""
    if endpoint is None:
        return
    from contextfs.adapters.telemetry import otlp  # noqa: PLC0415 - an extra, loaded only when it is asked for

    _State.tracer, _State.duration = otlp.start(service, endpoint)


def span(name: str, attributes: Mapping[str, Any]) -> AbstractContextManager[Span]:
    """Open a span around a piece of work."""
    if _State.tracer is None:
        return _NO_SPAN
    return _State.tracer.start_as_current_span(name, attributes=dict(attributes))


def measure_call(name: str, status: int, seconds: float) -> None:
    """Record how long a call took."""
    if _State.duration is not None:
        _State.duration.record(seconds, {"http.route": name, "http.response.status_code": status})
