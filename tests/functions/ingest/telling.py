"""Programs that tell of conversations by OpenTelemetry: the real SDK and exporters, and a model to call."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from tests.conftest import Tenant


def said(*texts: str, role: str = "user") -> str:
    """Write messages as `gen_ai.input.messages` has them."""
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]} for text in texts])


def traces(port: int, tenant: Tenant) -> TracerProvider:
    """Make what a program makes that sends its spans to us."""
    provider = TracerProvider(resource=Resource.create({"service.name": "shop agent"}))
    exporter = OTLPSpanExporter(endpoint=_endpoint(port, tenant, "traces"), headers=_headers(tenant))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider


def logs(port: int, tenant: Tenant) -> LoggerProvider:
    """Make what a program makes that sends its log records to us."""
    provider = LoggerProvider(resource=Resource.create({"service.name": "shop agent"}))
    exporter = OTLPLogExporter(endpoint=_endpoint(port, tenant, "logs"), headers=_headers(tenant))
    provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    return provider


@contextmanager
def upstream(*answers: str) -> Generator[str]:
    """Answer chat completions with these texts, one after the other; gives the base URL."""
    left = list(answers)

    class Model(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            message = {"role": "assistant", "content": left.pop(0)}
            reply: dict[str, Any] = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "model-1"}
            reply["choices"] = [{"index": 0, "message": message, "finish_reason": "stop"}]
            reply["usage"] = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
            body = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as above
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def _endpoint(port: int, tenant: Tenant, kind: str) -> str:
    return f"http://127.0.0.1:{port}/v1/otlp/v1/{kind}?project_id={tenant.project_id}"


def _headers(tenant: Tenant) -> dict[str, str]:
    return {"authorization": f"Bearer {tenant.key}"}
