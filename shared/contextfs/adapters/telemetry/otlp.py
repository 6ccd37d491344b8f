"""Traces and metrics by OTLP over HTTP, with the OpenTelemetry SDK (extra `otel`)."""

from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import Histogram
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer


def start(service: str, endpoint: str) -> tuple[Tracer, Histogram]:
    """Send to a collector from now on; gives the tracer, and the histogram of call durations in seconds."""
    base = endpoint.rstrip("/")
    resource = Resource.create({"service.name": f"contextfs-{service}"})
    tracing = TracerProvider(resource=resource)
    tracing.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{base}/v1/traces")))
    trace.set_tracer_provider(tracing)
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=f"{base}/v1/metrics"))
    metrics.set_meter_provider(MeterProvider(resource=resource, metric_readers=[reader]))
    duration = metrics.get_meter("contextfs").create_histogram(
        "http.server.request.duration", unit="s", description="How long calls take."
    )
    return trace.get_tracer("contextfs"), duration
