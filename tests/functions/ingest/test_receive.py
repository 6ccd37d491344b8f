"""POST /v1/ingest/{source}."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from contextfs.domain.sources.signatures import signed
from contextfs.kit.clock import system_clock
from tests.conftest import Tenant
from tests.functions.asking import SECRET, Things, deliver, told
from tests.functions.conftest import Rows

SECRET_OF_OTHERS = "the-secret-of-another-program"


def body(*texts: str, **fields: Any) -> bytes:
    """Make a delivery of the usual form."""
    messages = [{"id": text, "role": "user", "content": text} for text in texts]
    return json.dumps({"conversation_id": "case-1", "messages": messages, **fields}).encode()


@pytest.fixture
def path(things: Things) -> str:
    return f"/v1/ingest/{things.source}"


@pytest.fixture
def source(tenant: Tenant) -> Callable[..., str]:
    """Give a function that makes a source and tells its address."""

    def make(**fields: Any) -> str:
        new = {"name": "s", "project_id": str(tenant.project_id), "secret": SECRET_OF_OTHERS, **fields}
        reply = tenant.call("POST", "/v1/sources", new)
        assert reply.status_code == 201, reply.text
        return reply.json()["source"]["path"]

    return make


def github(tenant: Tenant, path: str, payload: Any, **headers: str) -> Any:
    """Send as GitHub does."""
    content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    digest = hmac.new(SECRET_OF_OTHERS.encode(), content, hashlib.sha256).hexdigest()
    sent = {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"}
    return tenant.http.post(path, content=content, headers=sent | {k.replace("_", "-"): v for k, v in headers.items()})


def slack(tenant: Tenant, path: str, payload: Any, *, late: float = 0) -> Any:
    """Send as Slack does."""
    content, at = json.dumps(payload).encode(), int(system_clock().timestamp() - late)
    digest = hmac.new(SECRET_OF_OTHERS.encode(), f"v0:{at}:".encode() + content, hashlib.sha256).hexdigest()
    headers = {"x-slack-request-timestamp": str(at), "x-slack-signature": f"v0={digest}"}
    return tenant.http.post(path, content=content, headers={"content-type": "application/json", **headers})


def said(rows: Rows, tenant: Tenant) -> list[tuple[str, str]]:
    found = sorted(rows.of("messages", tenant), key=lambda row: (row["created_at"], row["id"]))
    return [(row["role"], row["content"]) for row in found]


def test_a_conversation_becomes_one_session_however_often_it_grows(tenant: Tenant, path: str, rows: Rows) -> None:
    first = deliver(tenant, path, body("a", "b"), delivery="1")
    grown = deliver(tenant, path, body("a", "b", "c", title="Refund"), delivery="2")
    [session] = grown.json()["sessions"]

    assert first.json()["receipt"]["stored"] == 3
    assert (session["stored"], session["duplicates"]) == (1, 2)
    assert session["session_id"] == first.json()["sessions"][0]["session_id"]
    assert said(rows, tenant) == [("user", "a"), ("user", "b"), ("user", "c")]
    assert [row["actor"] for row in rows.audited(tenant, "source.received")] == [f"source:{_id(rows, tenant)}"] * 2
    assert rows.used(tenant, "messages.written") == [2, 1]


def _id(rows: Rows, tenant: Tenant) -> str:
    return str(rows.of("sources", tenant)[0]["id"])


def test_the_same_delivery_is_taken_once_and_answered_alike(tenant: Tenant, path: str, rows: Rows) -> None:
    payload = json.dumps({"conversation_id": "1", "messages": [{"content": "without an id"}]}).encode()

    first, again = (deliver(tenant, path, payload, delivery="msg_7") for _ in range(2))

    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert said(rows, tenant) == [("user", "without an id")]


def test_a_delivery_that_comes_many_times_at_once_is_taken_once(tenant: Tenant, path: str, rows: Rows) -> None:
    payload = json.dumps({"conversation_id": "1", "messages": [{"content": "at once"}]}).encode()
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(deliver, tenant, path, payload, delivery="msg_8") for _ in range(8)]

    assert {one.result().status_code for one in sent} == {200}
    assert said(rows, tenant) == [("user", "at once")]


def test_two_deliveries_that_say_the_same_are_two(tenant: Tenant, path: str, rows: Rows) -> None:
    payload = json.dumps({"conversation_id": "1", "messages": [{"content": "yes"}]}).encode()

    for delivery in ("a", "b"):
        deliver(tenant, path, payload, delivery=delivery)

    assert said(rows, tenant) == [("user", "yes"), ("user", "yes")]


@pytest.mark.parametrize("late", [-301, 301, 86400])
def test_a_delivery_of_another_time_is_refused(late: int, tenant: Tenant, path: str, rows: Rows) -> None:
    content = body("a")
    headers = signed(SECRET, "msg", system_clock() - timedelta(seconds=late), content)

    reply = tenant.http.post(path, content=content, headers={"content-type": "application/json", **headers})

    assert reply.status_code == 401
    assert told(reply)["where"] == "header.webhook-timestamp"
    assert said(rows, tenant) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1a,nonsense é"},
        {"webhook-id": "another"},
        {"webhook-id": ""},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "９９９９"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "-1"},
    ],
)
def test_a_signature_that_is_not_good_lets_nobody_in(
    broken: Mapping[str, str], tenant: Tenant, path: str, rows: Rows
) -> None:
    before = rows.everything(tenant)
    content = body("a")
    good = signed(SECRET, "msg", system_clock(), content)
    sent = {"content-type": "application/json", **good, **broken}
    headers = [(name.encode(), value.encode()) for name, value in sent.items()]

    reply = tenant.http.post(path, content=content, headers=headers)

    assert reply.status_code == 401
    assert told(reply)["detail"]
    assert before == rows.everything(tenant)


def test_another_body_under_a_good_signature_lets_nobody_in(tenant: Tenant, path: str, rows: Rows) -> None:
    headers = signed(SECRET, "msg", system_clock(), body("a"))

    reply = tenant.http.post(path, content=body("b"), headers={"content-type": "application/json", **headers})

    assert reply.status_code == 401
    assert said(rows, tenant) == []


def test_one_of_several_signatures_is_enough(tenant: Tenant, path: str) -> None:
    content = body("a")
    headers = signed(SECRET, "msg", system_clock(), content)
    headers["webhook-signature"] = f"v1,{base64.b64encode(b'x' * 32).decode()} {headers['webhook-signature']}"

    assert tenant.http.post(path, content=content, headers={"content-type": "application/json", **headers}).is_success


def test_a_source_of_another_tenant_takes_what_its_own_secret_signs(
    tenant: Tenant, other_tenant: Tenant, path: str, rows: Rows
) -> None:
    theirs = other_tenant.call(
        "POST", "/v1/sources", {"name": "desk", "project_id": str(other_tenant.project_id)}
    ).json()
    swapped = deliver(tenant, theirs["source"]["path"], body("mine"))

    deliver(tenant, path, body("a"))

    assert swapped.status_code == 401
    assert said(rows, other_tenant) == []
    assert [row["project_id"] for row in rows.of("sessions", tenant) if row["tool"] == "desk"] == [tenant.project_id]


def test_an_api_key_is_no_signature(tenant: Tenant, path: str) -> None:
    assert tenant.call("POST", path, {"conversation_id": "1", "messages": []}).status_code == 401


def test_secrets_are_taken_out_before_anything_is_stored(tenant: Tenant, path: str, rows: Rows) -> None:
    token = "ghp_9fKq2LmX7vTzR4wYbN8cJdHs3gPaE61uVtQk"

    payload = {"conversation_id": f"of {token}", "messages": [{"id": token, "content": f"the token is {token}"}]}
    reply = deliver(tenant, path, json.dumps(payload).encode())
    again = deliver(tenant, path, json.dumps(payload).encode(), delivery="msg_2")

    assert reply.json()["receipt"]["redacted"] == 1
    assert again.json()["receipt"]["duplicates"] == 1
    for table in ("sessions", "messages", "idempotency_keys", "outbox", "audit_log"):
        assert token not in str(rows.of(table, tenant)), table


def test_what_does_not_fit_is_refused_by_itself_and_the_rest_is_kept(tenant: Tenant, path: str, rows: Rows) -> None:
    messages: list[Any] = [
        {"role": "user", "content": "good"},
        {"role": "alien", "content": "x"},
        {"role": "user"},
        5,
        None,
    ]
    payload = {"conversation_id": "1", "messages": [*messages, {"content": "x" * 2_000_001}]}

    receipt = deliver(tenant, path, json.dumps(payload).encode()).json()["receipt"]

    assert said(rows, tenant) == [("user", "good")]
    assert [refusal["where"] for refusal in receipt["refused"]] == [
        "$.messages[*] (1)",
        "$.messages[*] (2)",
        "$.messages[*] (3)",
        "$.messages[*] (4)",
        "$.messages[*] (5).content",
    ]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"a": "\xff"}', 400),
        (b"[" * 5000 + b"]" * 5000, 400),
        (b"[" * 200 + b"]" * 200, 400),
        (b"null", 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"conversation_id": null}', 422),
        (b'{"conversation_id": {"a": 1}, "messages": 5}', 422),
    ],
)
def test_what_cannot_be_read_is_one_clear_problem(content: bytes, status: int, tenant: Tenant, path: str) -> None:
    reply = deliver(tenant, path, content)

    assert reply.status_code == status
    assert told(reply)["detail"]


def test_an_id_that_is_too_long_is_known_by_its_hash(tenant: Tenant, path: str) -> None:
    payload = {"conversation_id": "x" * 301, "messages": [{"id": "y" * 1000, "content": "a"}]}

    replies = [deliver(tenant, path, json.dumps(payload).encode(), delivery=name).json() for name in "ab"]

    assert replies[0]["sessions"][0]["external_id"].startswith("sha256:")
    assert [reply["receipt"]["duplicates"] for reply in replies] == [0, 1]


def test_nul_is_written_as_a_mark(tenant: Tenant, path: str, rows: Rows) -> None:
    assert deliver(tenant, path, body("a\x00b")).status_code == 200
    assert said(rows, tenant) == [("user", "a\ufffdb")]


def test_the_address_may_say_the_conversation_and_that_it_is_over(tenant: Tenant, path: str, rows: Rows) -> None:
    payload = json.dumps({"messages": [{"content": "a"}]}).encode()

    reply = deliver(tenant, f"{path}?conversation=case-9&complete=true", payload)

    [session] = [row for row in rows.of("sessions", tenant) if row["tool"] == "desk"]
    assert reply.json()["sessions"][0]["external_id"] == "case-9"
    assert session["status"] == "completed"
    assert "session.completed" in rows.events(tenant)


MAPPING = {
    "conversation": "$.ticket['the id']",
    "messages": "$.ticket.turns[*]",
    "role": "$.from.kind",
    "roles": {"caller": "user", "desk": "assistant"},
    "content": "$.parts[0].text",
    "id": "$.n",
    "time": "$.at",
    "speaker": "$.from.name",
    "session_title": "$.ticket.subject",
    "ends": "$.ticket.closed",
}


def test_a_mapping_reads_json_of_any_form(tenant: Tenant, source: Callable[..., str], rows: Rows) -> None:
    where = source(mapping=MAPPING, secret=SECRET, tool="zendesk")
    turns = [
        {"n": 1, "from": {"kind": "caller", "name": "Ann"}, "parts": [{"text": "Hi"}], "at": 1767225600},
        {"n": 2, "from": {"kind": "desk", "name": "Bob"}, "parts": [{"text": "Yes?"}], "at": "2026-01-01T00:00:05Z"},
    ]
    payload = {"ticket": {"the id": 17, "subject": "Lost", "closed": True, "turns": turns}}

    reply = deliver(tenant, where, json.dumps(payload).encode())

    [session] = rows.of("sessions", tenant)
    assert reply.status_code == 200, reply.text
    assert said(rows, tenant) == [("user", "Hi"), ("assistant", "Yes?")]
    assert [row["metadata"] for row in rows.of("messages", tenant)] == [{"speaker": "Ann"}, {"speaker": "Bob"}]
    assert (session["tool"], session["external_id"], session["title"]) == ("zendesk", "17", "Lost")
    assert (session["status"], session["started_at"].isoformat()) == ("completed", "2026-01-01T00:00:00+00:00")


def test_a_payload_may_be_one_message(tenant: Tenant, source: Callable[..., str], rows: Rows) -> None:
    where = source(mapping={"conversation": "$.room", "content": "$.text", "id": "$.id"}, secret=SECRET)

    for number in (1, 2):
        payload = {"room": "r", "text": f"line {number}", "id": number}
        assert deliver(tenant, where, json.dumps(payload).encode(), delivery=str(number)).status_code == 200

    assert said(rows, tenant) == [("user", "line 1"), ("user", "line 2")]


CALL = {
    "conversation_id": "c",
    "request": {
        "model": "m",
        "messages": [{"role": "developer", "content": "It is 10:00."}, {"role": "user", "content": "Hi"}],
    },
    "response": {
        "created": 1767225600,
        "model": "m-1",
        "choices": [{"message": {"role": "assistant", "content": "Hello."}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 2},
    },
}


def test_calls_of_a_model_grow_one_session(tenant: Tenant, source: Callable[..., str], rows: Rows) -> None:
    where = source(preset="openai", secret=SECRET)
    call: dict[str, Any] = {"id": "t", "function": {"name": "look", "arguments": '{"in": "shop"}'}}
    messages = [
        {"role": "system", "content": "It is 10:01."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": [{"type": "text", "text": "Look."}, {"type": "image_url"}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "t", "content": "empty"},
    ]
    later = {"conversation_id": "c", "messages": messages, "created": 1767225660}

    for number, payload in enumerate((CALL, later, later)):
        assert deliver(tenant, where, json.dumps(payload).encode(), delivery=str(number)).status_code == 200

    [session] = rows.of("sessions", tenant)
    kept = rows.of("messages", tenant)
    assert said(rows, tenant) == [
        ("system", "It is 10:00."),
        ("user", "Hi"),
        ("assistant", "Hello."),
        ("system", "It is 10:01."),
        ("user", "Look.\n[image_url]"),
        ("assistant", ""),
        ("tool", "empty"),
    ]
    assert (session["model"], session["input_tokens"], session["output_tokens"]) == ("m-1", 9, 2)
    assert [row["tool_calls"] for row in kept if row["tool_calls"]] == [
        [{"name": "look", "id": "t", "input": {"in": "shop"}}]
    ]


def test_responses_are_read_as_chat_completions_are(tenant: Tenant, source: Callable[..., str], rows: Rows) -> None:
    where = source(preset="openai", secret=SECRET)
    output: list[dict[str, Any]] = [
        {"type": "reasoning", "summary": []},
        {"type": "function_call", "call_id": "f", "name": "look", "arguments": "{not json"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Done."}]},
    ]
    payload = {"conversation": {"id": "conv_1"}, "instructions": "Be brief.", "input": "Look", "output": output}

    assert deliver(tenant, where, json.dumps(payload).encode()).status_code == 200
    assert said(rows, tenant) == [("system", "Be brief."), ("user", "Look"), ("assistant", ""), ("assistant", "Done.")]


ISSUE: dict[str, Any] = {
    "id": 1,
    "number": 7,
    "title": "Login fails",
    "body": "It fails on Friday.",
    "created_at": "2026-01-02T08:00:00Z",
    "updated_at": "2026-01-02T09:00:00Z",
    "html_url": "https://github.test/acme/shop/issues/7",
    "user": {"login": "ann", "type": "User"},
}
REPOSITORY = {"full_name": "acme/shop", "clone_url": "https://github.test/acme/shop.git"}


def comment(number: int, text: str, **fields: Any) -> dict[str, Any]:
    at = f"2026-01-02T08:0{number}:00Z"
    return {"id": number, "body": text, "created_at": at, "updated_at": at, "user": {"login": "bob"}, **fields}


def test_an_issue_of_github_with_its_comments_is_one_session(
    tenant: Tenant, source: Callable[..., str], rows: Rows
) -> None:
    where = source(preset="github")
    common = {"repository": REPOSITORY, "issue": ISSUE}
    bot = {"user": {"login": "dependabot[bot]", "type": "Bot"}}
    payloads = [
        {"action": "opened", **common},
        {"action": "created", "comment": comment(1, "Since when?"), **common},
        {"action": "created", "comment": comment(2, "Since 2.0.", **bot), **common},
        {
            "action": "edited",
            "comment": comment(1, "Since which version?", updated_at="2026-01-02T08:09:00Z"),
            **common,
        },
        {"action": "deleted", "comment": comment(1, "x"), **common},
        {"action": "closed", **common},
    ]

    replies = [github(tenant, where, payload, x_github_delivery=str(n)) for n, payload in enumerate(payloads)]
    again = [github(tenant, where, payload, x_github_delivery=f"again-{n}") for n, payload in enumerate(payloads)]

    [session] = rows.of("sessions", tenant)
    assert [reply.status_code for reply in replies] == [200] * 6
    assert [reply.headers["idempotent-replayed"] for reply in again] == ["true"] * 6
    assert said(rows, tenant) == [
        ("user", "It fails on Friday."),
        ("user", "Since when?"),
        ("assistant", "Since 2.0."),
        ("user", "Since which version?"),
    ]
    assert (session["external_id"], session["title"], session["status"]) == ("acme/shop#7", "Login fails", "completed")
    assert session["git_remote"] == REPOSITORY["clone_url"]


def test_a_pull_request_brings_its_branch_and_its_reviews(
    tenant: Tenant, source: Callable[..., str], rows: Rows
) -> None:
    where = source(preset="github")
    pull = ISSUE | {"head": {"ref": "fix-login", "sha": "3f2a9c1"}, "body": None}
    review = {"id": 5, "state": "approved", "body": "", "submitted_at": "2026-01-02T10:00:00Z", "user": {"login": "cy"}}
    remark = comment(3, "Why?", path="src/login.py", line=12, commit_id="3f2a9c1")
    form = urlencode(
        {
            "payload": json.dumps(
                {"action": "created", "repository": REPOSITORY, "pull_request": pull, "comment": remark}
            )
        }
    )

    github(tenant, where, {"action": "submitted", "repository": REPOSITORY, "pull_request": pull, "review": review})
    reply = github(tenant, where, form.encode(), content_type="application/x-www-form-urlencoded")

    [session] = rows.of("sessions", tenant)
    kept = {row["content"]: row["metadata"] for row in rows.of("messages", tenant)}
    assert reply.status_code == 200, reply.text
    assert (session["git_branch"], session["git_commit"]) == ("fix-login", "3f2a9c1")
    assert kept == {
        "Why?": {"speaker": "bob", "path": "src/login.py", "line": 12, "commit_id": "3f2a9c1"},
        "Review: approved.": {"speaker": "cy", "review": "approved"},
    }


@pytest.mark.parametrize(
    "payload", [{"zen": "Keep it simple."}, {"action": "created", "repository": 5, "issue": 6}, [], 7]
)
def test_what_is_no_conversation_is_said_to_be_not_kept(
    payload: Any, tenant: Tenant, source: Callable[..., str], rows: Rows
) -> None:
    reply = github(tenant, source(preset="github"), payload)

    assert reply.status_code == 200
    assert [refusal["where"] for refusal in reply.json()["receipt"]["refused"]] == ["$"]
    assert rows.of("sessions", tenant) == []


def test_slack_is_told_its_challenge(tenant: Tenant, source: Callable[..., str]) -> None:
    reply = slack(tenant, source(preset="slack"), {"type": "url_verification", "challenge": "3eZbrw1a"})

    assert (reply.status_code, reply.json()["challenge"]) == (200, "3eZbrw1a")


def event(**fields: Any) -> dict[str, Any]:
    return {"type": "event_callback", "event": {"type": "message", "channel": "C1", "user": "U1", **fields}}


def test_events_and_an_export_of_slack_tell_the_same_messages_once(
    tenant: Tenant, source: Callable[..., str], rows: Rows
) -> None:
    where = source(preset="slack")
    messages = [
        {"type": "message", "user": "U1", "text": "Lunch &amp; talk?", "ts": "1767261600.000100"},
        {
            "type": "message",
            "user": "U2",
            "text": "At &lt;noon&gt;",
            "ts": "1767261700.000100",
            "thread_ts": "1767261600.000100",
        },
        {"type": "message", "bot_id": "B1", "text": "Booked.", "ts": "1767261800.000100"},
        {"type": "message", "subtype": "channel_join", "text": "joined", "ts": "1767261900.000100"},
    ]
    changed = {
        "subtype": "message_changed",
        "message": messages[0] | {"text": "Tea?", "edited": {"ts": "1767262000.0"}},
    }

    for one in messages:
        assert slack(tenant, where, event(**one)).status_code == 200
    edit = slack(tenant, where, event(**changed))
    export = slack(tenant, f"{where}?conversation=C1", messages)

    sessions = {row["external_id"] for row in rows.of("sessions", tenant)}
    assert edit.json()["receipt"]["stored"] == 1
    assert (export.json()["receipt"]["stored"], export.json()["receipt"]["duplicates"]) == (0, 3)
    assert sessions == {"C1:2026-01-01", "C1:1767261600.000100"}
    assert said(rows, tenant) == [
        ("user", "Lunch & talk?"),
        ("user", "At <noon>"),
        ("assistant", "Booked."),
        ("user", "Tea?"),
    ]


def test_a_late_delivery_of_slack_is_refused(tenant: Tenant, source: Callable[..., str]) -> None:
    where = source(preset="slack")

    assert slack(tenant, where, event(text="a", ts="1767261600.1"), late=301).status_code == 401
    assert slack(tenant, where, [{"type": "message", "text": "a", "ts": "1"}]).status_code == 422
    assert slack(tenant, where, {}).json()["receipt"]["stored"] == 0
