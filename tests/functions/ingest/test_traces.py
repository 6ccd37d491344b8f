"""POST /v1/otlp/v1/traces."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows
from tests.functions.ingest.telling import said, traces

PROTOBUF = "application/x-protobuf"
TRACE = "5b8efff798038103d269b633813fc60c"


def kept(rows: Rows, tenant: Tenant) -> list[tuple[str, str]]:
    found = sorted(rows.of("messages", tenant), key=lambda row: (row["created_at"], row["id"]))
    return [(row["role"], row["content"]) for row in found]


def span(attributes: dict[str, Any]) -> dict[str, Any]:
    """Make a span as OTLP's JSON has it."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in attributes.items()}
    return {
        "traceId": TRACE,
        "spanId": "eee19b7ec3c1b174",
        "name": "chat",
        "endTimeUnixNano": "1767225600000000000",
        "attributes": [{"key": name, "value": {"stringValue": text}} for name, text in texts.items()],
    }


def body(*spans: Any) -> Any:
    return {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}


def send(tenant: Tenant, *spans: Any) -> Any:
    return tenant.call("POST", f"/v1/otlp/v1/traces?project_id={tenant.project_id}", body(*spans))


def test_an_agent_with_the_real_sdk_grows_one_session(
    listening: int, tenant: Tenant, other_tenant: Tenant, rows: Rows
) -> None:
    provider = traces(listening, tenant)
    tracer = provider.get_tracer("test")
    turns = [*json.loads(said("Hi")), *json.loads(said("Hello.", role="assistant")), *json.loads(said("Bye"))]
    calls = [("It is 1.", said("Hi"), "Hello."), ("It is 2.", json.dumps(turns), "Ciao.")]
    with tracer.start_as_current_span("invoke_agent") as agent:
        agent.set_attributes({"gen_ai.operation.name": "invoke_agent", "gen_ai.input.messages": said("all of it")})
        for system, asked, answer in calls:
            with tracer.start_as_current_span("chat model-1") as call:
                call.set_attributes(
                    {
                        "gen_ai.operation.name": "chat",
                        "gen_ai.conversation.id": "conv_1",
                        "gen_ai.response.model": "model-1",
                        "gen_ai.system_instructions": json.dumps([{"type": "text", "content": system}]),
                        "gen_ai.input.messages": asked,
                        "gen_ai.output.messages": said(answer, role="assistant"),
                    }
                )
    provider.shutdown()

    [session] = rows.of("sessions", tenant)
    assert (session["tool"], session["external_id"], session["model"]) == ("shop-agent", "conv_1", "model-1")
    assert kept(rows, tenant) == [
        ("system", "It is 1."),
        ("user", "Hi"),
        ("assistant", "Hello."),
        ("system", "It is 2."),
        ("user", "Bye"),
        ("assistant", "Ciao."),
    ]
    assert rows.of("sessions", other_tenant) == []
    assert sum(rows.used(tenant, "messages.written")) == 6


def test_an_export_that_is_sent_again_adds_nothing(tenant: Tenant, rows: Rows) -> None:
    one = span({"gen_ai.conversation.id": "c", "gen_ai.input.messages": said("Hi")})

    replies = [send(tenant, one) for _ in range(2)]

    assert [reply.json() for reply in replies] == [{}, {}]
    assert kept(rows, tenant) == [("user", "Hi")]


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Hi", "gen_ai.completion.0.content": "Hello."},
        {
            "gen_ai.prompt": [{"role": "user", "content": "Hi"}],
            "gen_ai.completion": [{"role": "assistant", "content": "Hello."}],
        },
        {"gen_ai.prompt": "Hi", "gen_ai.completion": "Hello."},
        {"gen_ai.input.messages": said("Hi"), "gen_ai.output.messages": said("Hello.", role="assistant")},
    ],
)
def test_older_spellings_say_the_same(attributes: dict[str, Any], tenant: Tenant, rows: Rows) -> None:
    send(tenant, span(attributes))

    [session] = rows.of("sessions", tenant)
    assert kept(rows, tenant) == [("user", "Hi"), ("assistant", "Hello.")]
    assert session["external_id"] == f"trace:{TRACE}"


def test_tools_are_called_and_answer(tenant: Tenant, rows: Rows) -> None:
    look = {"type": "tool_call", "id": "t", "name": "look", "arguments": {"in": "shop"}}
    answer = {"type": "tool_call_response", "id": "t", "response": "empty"}
    turns = [{"role": "assistant", "parts": [look]}, {"role": "tool", "parts": [answer]}]

    send(tenant, span({"gen_ai.input.messages": [*json.loads(said("Look")), *turns]}))

    found = sorted(rows.of("messages", tenant), key=lambda row: row["id"])
    assert [(row["role"], row["content"]) for row in found] == [("user", "Look"), ("assistant", ""), ("tool", "empty")]
    assert found[1]["tool_calls"] == [{"name": "look", "id": "t", "input": {"in": "shop"}}]
    assert found[2]["metadata"] == {"tool_call_id": "t"}


def test_other_spans_are_let_go(tenant: Tenant, rows: Rows) -> None:
    reply = send(tenant, span({"http.method": "GET"}), span({"gen_ai.operation.name": "execute_tool"}))

    assert (reply.status_code, reply.json()) == (200, {})
    assert rows.of("sessions", tenant) == []


def test_what_does_not_fit_is_told_as_a_partial_success(tenant: Tenant, rows: Rows) -> None:
    texts = ("Hi", "x" * 2_000_001)

    reply = send(tenant, *(span({"gen_ai.conversation.id": "c", "gen_ai.input.messages": said(one)}) for one in texts))

    assert reply.status_code == 200
    assert reply.json()["partialSuccess"]["rejectedSpans"] == "1"
    assert "[1]" in reply.json()["partialSuccess"]["errorMessage"]
    assert kept(rows, tenant) == [("user", "Hi")]


def test_protobuf_is_answered_in_protobuf(tenant: Tenant, rows: Rows) -> None:
    request = ExportTraceServiceRequest()
    sent = request.resource_spans.add().scope_spans.add().spans.add(name="chat", trace_id=b"x" * 16)
    for name, value in (("gen_ai.input.messages", said("Hi\x00")), ("gen_ai.output.messages", said("x" * 2_000_001))):
        sent.attributes.add(key=name).value.string_value = value
    headers = {"authorization": f"Bearer {tenant.key}", "content-type": PROTOBUF}
    path = f"/v1/otlp/v1/traces?project_id={tenant.project_id}"

    reply = tenant.http.post(path, content=request.SerializeToString(), headers=headers)
    broken = tenant.http.post(path, content=b"\xff\xff", headers=headers)
    empty = tenant.http.post(path, content=b"", headers=headers)

    assert reply.headers["content-type"] == PROTOBUF, reply.text
    assert ExportTraceServiceResponse.FromString(reply.content).partial_success.rejected_spans == 1
    assert kept(rows, tenant) == [("user", "Hi\ufffd")]
    assert broken.status_code == 400
    assert told(broken)["detail"] == "The body is not protobuf of this request of OTLP."
    assert (empty.status_code, empty.content) == (200, b"")


NO_SPAN = {"attributes": [1, {"key": 2}, {"key": "a"}, {"key": "b", "value": {"intValue": "x"}}]}
OF_NO_TRACE: dict[str, Any] = {
    "endTimeUnixNano": {},
    "attributes": [{"key": "gen_ai.prompt", "value": {"stringValue": "Hi"}}],
}


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b"5", b'{"resourceSpans": 5}', json.dumps(body(None, 5, NO_SPAN, OF_NO_TRACE)).encode()],
)
def test_whatever_is_sent_is_no_fault_of_the_server(content: bytes, tenant: Tenant, rows: Rows) -> None:
    headers = {"authorization": f"Bearer {tenant.key}", "content-type": "application/json"}

    reply = tenant.http.post(f"/v1/otlp/v1/traces?project_id={tenant.project_id}", content=content, headers=headers)

    assert reply.status_code in {200, 400}
    assert kept(rows, tenant) == []


def test_a_key_of_one_project_needs_no_project(
    tenant: Tenant, second_project: Callable[[Tenant], Tenant], rows: Rows
) -> None:
    sent = body(span({"gen_ai.input.messages": said("Hi")}))
    theirs = second_project(tenant)

    nowhere = tenant.call("POST", "/v1/otlp/v1/traces", sent)
    elsewhere = theirs.call("POST", f"/v1/otlp/v1/traces?project_id={tenant.project_id}", sent)
    reply = theirs.call("POST", "/v1/otlp/v1/traces", sent)

    assert told(nowhere)["where"] == "query.project_id"
    assert elsewhere.status_code == 404
    assert reply.status_code == 200
    assert [row["project_id"] for row in rows.of("sessions", tenant)] == [theirs.project_id]
