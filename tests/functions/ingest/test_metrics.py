"""POST /v1/otlp/v1/metrics: taken, and let go."""

import gzip
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

from contextfs.runtime.table import JSON, PROTOBUF
from tests.conftest import Tenant
from tests.functions.conftest import Rows

PATH = "/v1/otlp/v1/metrics"


def request() -> bytes:
    sent = ExportMetricsServiceRequest()
    sent.resource_metrics.add().scope_metrics.add().metrics.add(name="tokens")
    return sent.SerializeToString()


def test_an_exporter_by_the_two_variables_is_content(
    listening: int, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{listening}/v1/otlp")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", f"Authorization=Bearer {tenant.key}")
    provider = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter(), export_interval_millis=3_600_000)])
    provider.get_meter("test").create_counter("tokens").add(3)
    was_sent = provider.force_flush()
    provider.shutdown()

    assert was_sent
    assert [record.message for record in caplog.records if "opentelemetry" in record.name] == []


@pytest.mark.parametrize(
    ("media_type", "content", "packing", "answer"),
    [
        (JSON, b'{"resourceMetrics": []}', "", b"{}"),
        (JSON, b'{"resourceMetrics": []}', "gzip", b"{}"),
        (PROTOBUF, request(), "", ExportMetricsServiceResponse().SerializeToString()),
        (PROTOBUF, request(), "gzip", ExportMetricsServiceResponse().SerializeToString()),
        (PROTOBUF, b"", "", b""),
    ],
)
def test_the_reply_is_an_empty_message_in_the_encoding_of_the_request(
    media_type: str, content: bytes, packing: str, answer: bytes, tenant: Tenant, rows: Rows
) -> None:
    headers = {"authorization": f"Bearer {tenant.key}", "content-type": media_type}
    headers |= {"content-encoding": packing} if packing else {}
    before = len(rows.of("audit_log", tenant))

    reply = tenant.http.post(PATH, content=gzip.compress(content) if packing else content, headers=headers)

    assert (reply.status_code, reply.headers["content-type"], reply.content) == (200, media_type, answer)
    assert (rows.of("sessions", tenant), len(rows.of("audit_log", tenant))) == ([], before)


@pytest.mark.parametrize("content", [b"\xff\xfee", b"[]", b"", b"{"])
def test_what_is_no_request_is_refused(content: bytes, tenant: Tenant) -> None:
    headers = {"authorization": f"Bearer {tenant.key}", "content-type": JSON}

    assert tenant.http.post(PATH, content=content, headers=headers).status_code == 400


def test_who_may_not_send_is_told(tenant: Tenant) -> None:
    reader: Any = tenant.call("POST", "/v1/api-keys", {"name": "r", "permissions": ["sessions:read"]}).json()["secret"]
    statuses = [
        tenant.http.post(PATH, json={}, headers={"authorization": f"Bearer {key}"}).status_code
        for key in (reader, tenant.key[:-3] + "000")
    ]
    foreign = tenant.http.post(PATH, content=b"x", headers={"authorization": f"Bearer {tenant.key}"})

    assert statuses == [403, 401]
    assert foreign.status_code == 415
