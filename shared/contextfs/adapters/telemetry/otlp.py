"""Traces and metrics by OTLP over HTTP, with the OpenTelemetry SDK (extra `otel`).

The process's global OpenTelemetry providers are left alone. Names follow OpenTelemetry's semantic conventions for HTTP
servers. Of an exception only its type is told: its text may quote content.
"""

import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_KINDS = {"server": SpanKind.SERVER, "consumer": SpanKind.CONSUMER}
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
_STATUS = "http.response.status_code"
_SERVER_FAULT = 500
_EXPORT_SECONDS = 3.0


class Otlp:
    """Sends to one collector, from threads of its own. What a collector does not take within seconds is dropped.

    When the interpreter exits, what is waiting is sent; a process that a signal ends has to `stop` before.
    """

    def __init__(self, service: str, endpoint: str) -> None:
        base = endpoint.rstrip("/")
        resource = Resource.create({"service.name": f"contextfs-{service}"})
        self._traces = TracerProvider(resource=resource)
        spans = OTLPSpanExporter(endpoint=f"{base}/v1/traces", timeout=_EXPORT_SECONDS)
        self._traces.add_span_processor(BatchSpanProcessor(spans))
        points = OTLPMetricExporter(endpoint=f"{base}/v1/metrics", timeout=_EXPORT_SECONDS)
        self._metrics = MeterProvider(resource=resource, metric_readers=[PeriodicExportingMetricReader(points)])
        self._tracer = self._traces.get_tracer("contextfs")
        self._duration = self._metrics.get_meter("contextfs").create_histogram(
            "http.server.request.duration",
            unit="s",
            description="How long calls take.",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )
        self._propagator = TraceContextTextMapPropagator()
        self._flushing: threading.Thread | None = None

    @contextmanager
    def span(
        self, name: str, attributes: Mapping[str, Any], kind: str, headers: Mapping[str, str]
    ) -> Generator["_Told"]:
        """Open a span; a `traceparent` among the headers (W3C Trace Context) is its parent."""
        with self._tracer.start_as_current_span(
            name,
            context=self._propagator.extract(headers),
            kind=_KINDS[kind],
            attributes=dict(attributes),
            record_exception=False,
            set_status_on_exception=False,
        ) as opened:
            try:
                yield _Told(opened)
            except Exception as error:
                opened.set_attribute("error.type", type(error).__name__)
                opened.set_status(StatusCode.ERROR)
                raise

    def record(self, seconds: float, attributes: Mapping[str, Any]) -> None:
        """Record how long a call took."""
        self._duration.record(seconds, dict(attributes))

    def flush(self, seconds: float) -> None:
        """Send what is waiting; does not wait while an earlier flush still tries."""
        if self._flushing is not None and self._flushing.is_alive():
            return
        self._flushing = threading.Thread(target=self._flush, name="telemetry", daemon=True)
        self._flushing.start()
        self._flushing.join(seconds)

    def stop(self) -> None:
        """Send what is waiting, and nothing from then on."""
        self._traces.shutdown()
        self._metrics.shutdown()

    def _flush(self) -> None:
        self._traces.force_flush()
        self._metrics.force_flush()


class _Told:
    """A span that knows which statuses are faults."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def set_attribute(self, key: str, value: Any, /) -> None:
        """Add a fact; a status of 500 and above makes the span one of an error."""
        self._span.set_attribute(key, value)
        if key == _STATUS and value >= _SERVER_FAULT:
            self._span.set_attribute("error.type", str(value))
            self._span.set_status(StatusCode.ERROR)
