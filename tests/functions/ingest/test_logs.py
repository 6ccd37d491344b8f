"""POST /v1/otlp/v1/logs."""

import json
from pathlib import Path
from typing import Any

import pytest
from opentelemetry._logs import LogRecord

from tests.conftest import Tenant
from tests.functions.conftest import Rows
from tests.functions.ingest.telling import logs, said, traces, upstream

AT = 1767225600000000000


def kept(rows: Rows, tenant: Tenant) -> list[tuple[str, str]]:
    found = sorted(rows.of("messages", tenant), key=lambda row: (row["created_at"], row["id"]))
    return [(row["role"], row["content"]) for row in found]


def test_events_of_one_message_each_make_a_conversation(listening: int, tenant: Tenant, rows: Rows) -> None:
    provider = logs(listening, tenant)
    logger = provider.get_logger("test")
    call = {"id": "t", "function": {"name": "look", "arguments": "{}"}}
    events: list[tuple[str, Any]] = [
        ("gen_ai.system.message", {"content": "Be brief."}),
        ("gen_ai.user.message", {"content": "Look"}),
        ("gen_ai.assistant.message", {"tool_calls": [call]}),
        ("gen_ai.tool.message", {"id": "t", "content": "empty"}),
        ("gen_ai.choice", {"index": 0, "message": {"role": "assistant", "content": "Nothing."}}),
        ("http.request", {"content": "nothing of ours"}),
    ]
    for number, (name, body) in enumerate(events):
        attributes = {"gen_ai.conversation.id": "c"}
        logger.emit(LogRecord(event_name=name, body=body, attributes=attributes, timestamp=AT + number * 10**9))
    provider.shutdown()

    [session] = rows.of("sessions", tenant)
    assert session["external_id"] == "c"
    assert kept(rows, tenant) == [
        ("system", "Be brief."),
        ("user", "Look"),
        ("assistant", ""),
        ("tool", "empty"),
        ("assistant", "Nothing."),
    ]


def test_an_event_that_tells_all_is_read_as_a_span_is(listening: int, tenant: Tenant, rows: Rows) -> None:
    provider = logs(listening, tenant)
    told = {"gen_ai.input.messages": said("Hi"), "gen_ai.output.messages": said("Hello.", role="assistant")}
    told["gen_ai.conversation.id"] = "c"
    details = LogRecord(event_name="gen_ai.client.inference.operation.details", attributes=told, timestamp=AT)
    provider.get_logger("test").emit(details)
    provider.shutdown()

    assert kept(rows, tenant) == [("user", "Hi"), ("assistant", "Hello.")]


def recorded(tenant: Tenant, file: Path) -> None:
    """Send what an agent sent, body by body."""
    for line in file.read_text(encoding="utf-8").splitlines():
        request = json.loads(line)
        reply = tenant.call("POST", f"/v1/otlp{request['path']}?project_id={tenant.project_id}", request["body"])

        assert (reply.status_code, reply.json()) == (200, {})


def test_what_claude_code_sent_is_read(tenant: Tenant, rows: Rows, repository: Path) -> None:
    recorded(tenant, repository / "tests/data/otlp/claude-code.jsonl")

    [session] = rows.of("sessions", tenant)
    assert session["tool"] == "claude-code"
    assert kept(rows, tenant) == [
        ("user", "list the files please"),
        ("assistant", "The directory holds README.md and app.py. app.py is the entry point."),
    ]


def test_what_copilot_sent_is_read_once(tenant: Tenant, rows: Rows, repository: Path) -> None:
    for _ in range(2):
        recorded(tenant, repository / "tests/data/otlp/copilot-cli.jsonl")

    messages = rows.of("messages", tenant)
    answers = [row for row in messages if row["role"] == "assistant" and "entry point" in row["content"]]
    assert {session["tool"] for session in rows.of("sessions", tenant)} == {"github-copilot"}
    assert {session["title"] for session in rows.of("sessions", tenant)} == {"list the files please"}
    assert {row["role"] for row in messages} == {"system", "user", "assistant", "tool"}
    assert len({(row["session_id"], row["content"]) for row in answers}) == len(answers) > 0


@pytest.mark.parametrize("mode", ["span_only", "event_only"])
def test_a_program_that_calls_openai_is_a_source(
    mode: str, listening: int, tenant: Tenant, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    openai = pytest.importorskip("openai")
    instrumentation = pytest.importorskip("opentelemetry.instrumentation.openai_v2")
    monkeypatch.setenv("OTEL_SEMCONV_STABILITY_OPT_IN", "gen_ai_latest_experimental")
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", mode)
    spans, records = traces(listening, tenant), logs(listening, tenant)
    instrumentor = instrumentation.OpenAIInstrumentor()
    instrumentor.instrument(tracer_provider=spans, logger_provider=records)
    try:
        with upstream("Hello.", "Ciao.") as url, spans.get_tracer("test").start_as_current_span("turn"):
            client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
            turns: list[Any] = [{"role": "user", "content": "Hi"}]
            first = client.chat.completions.create(model="model-1", messages=turns).choices[0].message.content
            turns += [{"role": "assistant", "content": first}, {"role": "user", "content": "Bye"}]
            client.chat.completions.create(model="model-1", messages=turns)
            client.close()
    finally:
        instrumentor.uninstrument()
        spans.shutdown()
        records.shutdown()

    assert len(rows.of("sessions", tenant)) == 1
    assert kept(rows, tenant) == [("user", "Hi"), ("assistant", "Hello."), ("user", "Bye"), ("assistant", "Ciao.")]
