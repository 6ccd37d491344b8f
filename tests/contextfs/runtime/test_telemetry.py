"""Spans and metrics as a collector receives them."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import msgspec
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from contextfs.runtime import telemetry
from tests.conftest import Tenant, settings_for
from tests.contextfs.runtime.collector import Collector, collecting, named
from tests.contextfs.runtime.processes import functions_framework

SECRET = "a-sentence-that-must-stay-here"


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Send this process's telemetry to a collector."""
    with collecting() as made:
        telemetry.configure("test", made.url)
        yield made
        telemetry.stop()


def test_a_call_is_a_server_span(collector: Collector, tenant: Tenant) -> None:
    tenant.call("GET", "/v1/memories")
    telemetry.flush()

    (span,) = collector.spans
    assert (span.name, span.kind) == ("memories.list", Span.SPAN_KIND_SERVER)
    assert named(span.attributes) == {
        "http.request.method": "GET",
        "http.route": "/v1/memories",
        "http.response.status_code": 200,
    }
    assert collector.services == {"contextfs-test"}


def test_a_call_is_measured(collector: Collector, tenant: Tenant) -> None:
    tenant.call("GET", "/v1/memories")
    telemetry.flush()

    ((name, point),) = collector.points
    facts = named(point.attributes)
    assert (name, point.count) == ("http.server.request.duration", 1)
    assert (facts["contextfs.route"], facts["http.response.status_code"]) == ("memories.list", 200)
    assert 0 < point.sum < 10


def test_a_refused_call_tells_its_status_and_is_no_fault(collector: Collector, tenant: Tenant) -> None:
    tenant.call("GET", f"/v1/memories/{uuid4()}")
    telemetry.flush()

    (span,) = collector.spans
    assert named(span.attributes)["http.response.status_code"] == 404
    assert span.status.code == Status.STATUS_CODE_UNSET


def test_a_fault_is_an_error_of_its_span(collector: Collector) -> None:
    with telemetry.span("some.work", {}) as span:
        span.set_attribute("http.response.status_code", 503)
    telemetry.flush()

    assert [Status.STATUS_CODE_ERROR] == [sent.status.code for sent in collector.spans]


def test_an_exception_tells_its_type_and_not_its_words(collector: Collector) -> None:
    with pytest.raises(ValueError, match=SECRET), telemetry.span("some.work", {}, kind="consumer"):
        raise ValueError(SECRET)
    telemetry.flush()

    (span,) = collector.spans
    assert (span.kind, span.status.code) == (Span.SPAN_KIND_CONSUMER, Status.STATUS_CODE_ERROR)
    assert named(span.attributes) == {"error.type": "ValueError"}
    assert not span.events
    assert not span.status.message


def test_no_content_leaves(collector: Collector, tenant: Tenant) -> None:
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": SECRET, "tags": [SECRET]})
    tenant.call("GET", f"/v1/memories?tag={SECRET}")
    tenant.call("POST", "/v1/memories", {"content": SECRET, SECRET: 1})
    telemetry.flush()

    sent = b"".join(collector.bodies)
    assert len(collector.spans) == 3
    assert [secret for secret in (SECRET, tenant.key, str(tenant.project_id)) if secret.encode() in sent] == []


def test_a_span_continues_the_callers_trace(collector: Collector) -> None:
    parent = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    with telemetry.span("some.work", {}, headers=parent):
        pass
    telemetry.flush()

    (span,) = collector.spans
    assert span.trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"
    assert span.parent_span_id.hex() == "b7ad6b7169203331"


@pytest.mark.parametrize("header", ["", "nonsense", "00-" + "0" * 32 + "-b7ad6b7169203331-01"])
def test_a_broken_trace_header_begins_a_trace(collector: Collector, header: str) -> None:
    with telemetry.span("some.work", {}, headers={"traceparent": header}):
        pass
    telemetry.flush()

    assert [b""] == [span.parent_span_id for span in collector.spans]


def test_stopping_sends_what_is_waiting(collector: Collector) -> None:
    with telemetry.span("some.work", {}):
        pass
    telemetry.measure_call("some.work", 200, 0.1)
    telemetry.stop()

    assert ["some.work"] == [span.name for span in collector.spans]
    assert [1] == [point.count for _, point in collector.points]


def test_a_collector_that_is_down_holds_nothing_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "_FLUSH_SECONDS", 0.05)
    telemetry.configure("test", "http://127.0.0.1:9")
    with telemetry.span("some.work", {}):
        pass
    started = time.monotonic()
    telemetry.flush()
    telemetry.flush()
    flushed = time.monotonic()
    telemetry.stop()

    assert flushed - started < 2.5  # it is tried for three seconds
    assert time.monotonic() - flushed < 10


def test_telemetry_is_off_by_default_and_loads_nothing(repository: Path) -> None:
    code = (
        "import sys; from contextfs.runtime import telemetry; telemetry.configure('x', None)\n"
        "assert telemetry.span('a', {}) is telemetry.span('b', {})\n"
        "telemetry.measure_call('a', 200, 0.1); telemetry.flush(); telemetry.stop()\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=repository)

    assert run.stdout.strip() == "[]"


def test_a_host_that_is_stopped_sends_what_is_waiting(database_url: str, tmp_path: Path) -> None:
    with collecting() as collector:
        settings = msgspec.structs.replace(settings_for(database_url), otlp_endpoint=collector.url)
        with functions_framework(settings, tmp_path, "--target", "system_live") as served:
            assert httpx2.get(f"{served.url}/health/live", trust_env=False, timeout=60).status_code == 200

        assert ["system.live"] == [span.name for span in collector.spans]
        assert collector.services == {"contextfs-system_live"}
