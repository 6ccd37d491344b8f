"""The providers' own libraries through the server: nothing changes, and what was said is the caller's project's."""

import gzip
import json
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection
from typing import Any

import httpx2
import openai
import pytest

from contextfs.recording.headers import back_of_server
from contextfs.runtime.proxying import capturing, endpoint
from contextfs.runtime.wiring import Wiring
from tests.clients.proxy.model import Model, chat, chat_events
from tests.conftest import Tenant
from tests.contextfs.client.serving import serving_app
from tests.contextfs.runtime.proxying.conftest import KEY, Server, passing_on, said
from tests.functions.conftest import Rows, rows

__all__ = ["rows"]

ASK: list[Any] = [{"role": "user", "content": "Which port?"}]
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def test_a_conversation_is_kept_as_it_grows(server: Server, model: Model, tenant: Tenant) -> None:
    model.says = ["8443.", "Since May."]
    client, messages = server.openai(tenant), list(ASK)

    first = client.chat.completions.create(model="model-1", messages=messages)
    known = said(tenant, messages=2)
    messages += [{"role": "assistant", "content": "8443."}, {"role": "user", "content": "Since when?"}]
    client.chat.completions.create(model="model-1", messages=messages)

    assert "8443." == first.choices[0].message.content
    assert [[("user", "Which port?"), ("assistant", "8443.")]] == known
    assert [[*known[0], ("user", "Since when?"), ("assistant", "Since May.")]] == said(tenant, messages=4)


def test_a_stream_of_anthropic_is_kept(server: Server, model: Model, tenant: Tenant) -> None:
    model.says = ["It listens on 8443."]

    with server.anthropic(tenant).messages.stream(model="m", max_tokens=99, messages=ASK) as stream:
        told = stream.get_final_text()

    assert "It listens on 8443." == told
    assert [[("user", "Which port?"), ("assistant", "It listens on 8443.")]] == said(tenant, messages=2)


def test_each_byte_passes_and_no_key_of_ours_does(server: Server, model: Model, tenant: Tenant) -> None:
    model.says = ["It listens on 8443."]
    wanted = b"".join(chat_events(chat("It listens on 8443.", 1)))
    headers = {
        "authorization": f"Bearer {KEY}",
        "x-contextfs-key": tenant.key,
        "cookie": "contextfs=mine",
        "x-forwarded-for": "10.0.0.1",
    }

    body = {"model": "m", "messages": ASK, "stream": True}
    reply = httpx2.post(
        f"{server.url}/v1/proxy/openai/v1/chat/completions?beta=true", json=body, headers=headers, timeout=60
    )

    [asked] = model.headers
    assert wanted == reply.content
    assert f"Bearer {KEY}" == asked["authorization"]
    assert {"x-contextfs-key", "cookie", "x-forwarded-for"}.isdisjoint(asked)
    assert tenant.key not in str(asked)
    assert "sandbox" == reply.headers["content-security-policy"]


def test_the_models_key_is_stored_and_logged_nowhere(
    server: Server, tenant: Tenant, rows: Rows, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        server.openai(tenant).chat.completions.create(model="m", messages=ASK)
        [conversation] = said(tenant, messages=2)

    told = "".join(str(vars(record)) for record in caplog.records if not record.name.startswith(("httpcore", "openai")))
    kept = [
        str(rows.of(table, tenant)) for table in ("sessions", "messages", "audit_log", "outbox", "idempotency_keys")
    ]
    assert len(conversation) == 2
    assert "Which port?" in kept[1]
    assert "session.created" in kept[2]
    assert KEY not in told + "".join(kept)
    assert tenant.key not in told + "".join(kept)


def test_secrets_are_taken_out_of_what_is_kept_and_not_of_what_passes(
    server: Server, model: Model, tenant: Tenant
) -> None:
    model.says = [f"Use {TOKEN}."]

    reply = server.openai(tenant).chat.completions.create(model="m", messages=ASK)

    [[_, (_, kept)]] = said(tenant, messages=2)
    assert f"Use {TOKEN}." == reply.choices[0].message.content
    assert kept.startswith("Use [redacted:github-token:")


def test_two_tenants_keep_apart_though_they_say_the_same(
    server: Server, model: Model, tenant: Tenant, other_tenant: Tenant
) -> None:
    model.says = ["One.", "Two."]

    for one in (tenant, other_tenant):
        server.openai(one).chat.completions.create(model="m", messages=ASK)

    assert [[("user", "Which port?"), ("assistant", "One.")]] == said(tenant, messages=2)
    assert [[("user", "Which port?"), ("assistant", "Two.")]] == said(other_tenant, messages=2)


def test_two_people_of_a_project_who_begin_alike_have_conversations_of_their_own(
    server: Server, model: Model, tenant: Tenant, colleague: Tenant
) -> None:
    model.says = ["8443.", "8443.", "Since May.", "Nobody."]
    alice, bob = server.openai(tenant), server.openai(colleague)

    for one in (alice, bob):
        one.chat.completions.create(model="m", messages=ASK)
    for one, question in ((bob, "Since when?"), (alice, "Who asked?")):
        one.chat.completions.create(model="m", messages=[*ASK, *more("8443.", question)])

    beginning = ["Which port?", "8443."]
    assert [
        [*beginning, "Who asked?", "Nobody."],
        [*beginning, "Since when?", "Since May."],
    ] == words(tenant, messages=8)


def test_what_another_says_is_kept_though_a_private_conversation_began_alike(
    server: Server, model: Model, tenant: Tenant, colleague: Tenant
) -> None:
    model.says = ["8443.", "8443."]

    server.openai(tenant).chat.completions.create(model="m", messages=ASK)
    said(tenant, messages=2)
    [mine] = tenant.call("GET", "/v1/sessions").json()["items"]
    tenant.call("PATCH", f"/v1/sessions/{mine['id']}", {"visibility": "private"})
    server.openai(colleague).chat.completions.create(model="m", messages=ASK)

    assert [["Which port?", "8443."]] == words(colleague, messages=2)


def test_a_person_goes_on_with_another_key(server: Server, model: Model, tenant: Tenant) -> None:
    model.says = ["8443.", "Since May."]
    new = {"name": "newer", "role": "owner"}
    newer = replace(tenant, key=tenant.call("POST", "/v1/api-keys", new).json()["secret"])

    server.openai(tenant).chat.completions.create(model="m", messages=ASK)
    said(tenant, messages=2)
    server.openai(newer).chat.completions.create(model="m", messages=[*ASK, *more("8443.", "Since when?")])

    assert [["Which port?", "8443.", "Since when?", "Since May."]] == words(tenant, messages=4)


def test_a_service_account_is_apart_from_who_made_it(server: Server, model: Model, tenant: Tenant) -> None:
    model.says = ["8443.", "8443."]
    account = tenant.call("POST", "/v1/admin/users", {"kind": "service", "name": "robot", "role": "member"}).json()
    key = tenant.call("POST", "/v1/api-keys", {"name": "r", "user_id": account["id"]}).json()["secret"]

    for one in (tenant, replace(tenant, key=key)):
        server.openai(one).chat.completions.create(model="m", messages=ASK)

    assert [["Which port?", "8443."], ["Which port?", "8443."]] == words(tenant, messages=4)


def test_the_project_of_another_is_like_one_that_nobody_has(
    server: Server, model: Model, tenant: Tenant, other_tenant: Tenant
) -> None:
    client = server.openai(tenant, **{"X-ContextFS-Project": str(other_tenant.project_id)})

    with pytest.raises(openai.NotFoundError) as refused:
        client.chat.completions.create(model="m", messages=ASK)

    assert "not yours to see" in str(refused.value)
    assert ([], [], []) == (model.asked, said(tenant), said(other_tenant))


def test_who_brings_no_key_or_one_that_is_wrong_reaches_nobody(server: Server, model: Model, tenant: Tenant) -> None:
    path = f"{server.url}/v1/proxy/openai/v1/chat/completions"
    body = {"model": "m", "messages": ASK}

    without = httpx2.post(path, json=body, headers={"authorization": f"Bearer {KEY}"}, timeout=60)
    wrong = httpx2.post(path, json=body, headers={"x-contextfs-key": tenant.key[:-3] + "000"}, timeout=60)
    lost = httpx2.post(
        path, json=body, headers={"x-contextfs-key": tenant.key, "authorization": tenant.key}, timeout=60
    )

    assert (401, 401, 422) == (without.status_code, wrong.status_code, lost.status_code)
    assert "X-ContextFS-Key" in without.json()["detail"]
    assert "authentication_error" == without.json()["error"]["type"]
    assert [] == model.asked


def test_a_key_that_may_not_write_sessions_reaches_nobody(server: Server, model: Model, tenant: Tenant) -> None:
    new = {"name": "reads", "permissions": ["projects:read", "sessions:read"]}
    headers = {"x-contextfs-key": tenant.call("POST", "/v1/api-keys", new).json()["secret"]}
    body = {"model": "m", "messages": ASK}
    reply = httpx2.post(f"{server.url}/v1/proxy/openai/v1/chat/completions", json=body, headers=headers, timeout=60)

    assert 403 == reply.status_code
    assert "sessions:write" in reply.json()["detail"]
    assert [] == model.asked


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("elsewhere/v1/chat/completions", 404),
        ("https%3A%2F%2Fexample.com/v1/chat/completions", 404),
        ("openai/v1/%2e%2e/%2e%2e/admin", 400),
        ("openai/v1/..%2f..%2fadmin", 400),
    ],
)
def test_only_what_is_named_is_asked(path: str, status: int, server: Server, model: Model, tenant: Tenant) -> None:
    reply = httpx2.post(f"{server.url}/v1/proxy/{path}", json={}, headers={"x-contextfs-key": tenant.key}, timeout=60)

    assert status == reply.status_code
    assert [] == model.asked


def test_an_upstream_that_does_not_answer_is_told(server: Server, tenant: Tenant) -> None:
    client = server.openai(tenant).with_options(base_url=f"{server.url}/v1/proxy/gone/v1")

    with pytest.raises(openai.InternalServerError) as failed:
        client.chat.completions.create(model="m", messages=ASK)

    assert 502 == failed.value.status_code
    assert "does not answer" in str(failed.value)
    assert [] == said(tenant)


def test_what_the_model_refuses_passes_and_is_not_kept(server: Server, model: Model, tenant: Tenant) -> None:
    model.status = 429

    with pytest.raises(openai.RateLimitError) as refused:
        server.openai(tenant).chat.completions.create(model="m", messages=ASK)

    assert ("req-1", "Too busy.") == (refused.value.request_id, refused.value.body["message"])  # pyright: ignore[reportIndexIssue, reportOptionalSubscript] - the library types it object
    assert [] == said(tenant)


def test_a_stream_that_breaks_off_is_kept_as_far_as_it_came(server: Server, model: Model, tenant: Tenant) -> None:
    model.says, model.cut_after = ["It listens on 8443."], 3

    stream = server.openai(tenant).chat.completions.create(model="m", messages=ASK, stream=True)
    with pytest.raises((httpx2.TransportError, openai.APIError)):
        list(stream)

    [[_, (role, content)]] = said(tenant, messages=2)
    assert ("assistant", True) == (role, "It listens on 8443.".startswith(content))


def test_what_cannot_be_kept_harms_no_answer_and_is_kept_with_what_follows(
    server: Server, model: Model, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    model.says = ["8443.", "Since May."]
    client = server.openai(tenant)

    def failing(*_: object) -> str:
        raise RuntimeError(KEY)

    with monkeypatch.context() as broken:
        broken.setattr(capturing, "_stored", failing)
        first = client.chat.completions.create(model="m", messages=ASK)
        told = settled(caplog)
    messages: list[Any] = [*ASK, {"role": "assistant", "content": "8443."}, {"role": "user", "content": "Since when?"}]
    client.chat.completions.create(model="m", messages=messages)

    assert "8443." == first.choices[0].message.content
    assert (1, False) == (len(told), KEY in str([vars(one) for one in told]))
    assert [["Which port?", "8443.", "Since when?", "Since May."]] == [
        [text for _, text in one] for one in said(tenant, messages=4)
    ]


def test_nothing_is_kept_where_the_caller_says_so_or_nothing_is_said(
    server: Server, model: Model, tenant: Tenant
) -> None:
    client = server.openai(tenant)

    client.chat.completions.create(model="m", messages=ASK, extra_headers={"X-ContextFS-Capture": "off"})
    client.embeddings.create(model="m", input="Which port?", encoding_format="float")

    assert (2, []) == (len(model.asked), said(tenant))


def test_many_at_once_keep_apart(server: Server, model: Model, tenant: Tenant) -> None:
    client = server.openai(tenant)

    def talk(number: int) -> None:
        client.chat.completions.create(model="m", messages=[{"role": "user", "content": f"I am {number}."}])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(talk, range(8)))

    assert 8 == len(model.asked)
    assert {f"I am {number}." for number in range(8)} == {one[0][1] for one in said(tenant, messages=16)}


def test_another_process_goes_on_with_the_same_conversation(
    wiring: Wiring, server: Server, model: Model, tenant: Tenant
) -> None:
    model.says = ["8443.", "Since May."]
    server.openai(tenant).chat.completions.create(model="m", messages=ASK)
    said(tenant, messages=2)

    messages: list[Any] = [*ASK, {"role": "assistant", "content": "8443."}, {"role": "user", "content": "Since when?"}]
    with serving_app(model.app()) as url, passing_on(wiring, {"openai": url}) as another:
        another.openai(tenant).chat.completions.create(model="m", messages=messages)

    assert [["Which port?", "8443.", "Since when?", "Since May."]] == [
        [text for _, text in one] for one in said(tenant, messages=4)
    ]


def test_a_conversation_is_closed_when_nothing_more_is_said_and_opened_by_what_is(
    server: Server, model: Model, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(endpoint, "_IDLE_SECONDS", 0.0)
    model.says = ["8443.", "Since May."]
    client = server.openai(tenant)

    client.chat.completions.create(model="m", messages=ASK)
    first = closed(tenant, messages=2)
    messages: list[Any] = [*ASK, {"role": "assistant", "content": "8443."}, {"role": "user", "content": "Since when?"}]
    client.chat.completions.create(model="m", messages=messages)

    assert first == closed(tenant, messages=4)


def test_a_server_that_stops_closes_what_is_open(wiring: Wiring, model: Model, tenant: Tenant) -> None:
    with serving_app(model.app()) as url, passing_on(wiring, {"openai": url}) as stopping:
        stopping.openai(tenant).chat.completions.create(model="m", messages=ASK)
        said(tenant, messages=2)

    [session] = tenant.call("GET", "/v1/sessions").json()["items"]
    assert "completed" == session["status"]


def test_a_server_that_ends_requests_keeps_and_closes_what_was_said_till_then(
    wiring: Wiring, model: Model, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.says, model.slow = ["It listens on 8443."], 0.1
    store = capturing._stored  # pyright: ignore[reportPrivateUsage] - a store that takes its time

    def slowly(*of: Any) -> str:
        time.sleep(0.5)
        return store(*of)

    monkeypatch.setattr(capturing, "_stored", slowly)
    with serving_app(model.app()) as url:
        with passing_on(wiring, {"openai": url}, grace=0) as stopping:
            stream = stopping.openai(tenant).chat.completions.create(model="m", messages=ASK, stream=True)
            told = next(one for chunk in stream if (one := chunk.choices[0].delta.content))
        wait_until(lambda: model.gone == 1)

    [session] = tenant.call("GET", "/v1/sessions").json()["items"]
    [_, kept] = words(tenant, messages=2)[0]
    assert ("completed", 2) == (session["status"], session["message_count"])
    assert "It listens on 8443.".startswith(kept)
    assert kept.startswith(told)


def test_a_server_that_stops_waits_for_what_it_is_closing(
    wiring: Wiring, model: Model, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, done = threading.Event(), list[str]()
    complete = capturing._completed  # pyright: ignore[reportPrivateUsage] - a database that takes its time

    def slowly(*of: Any) -> Any:
        begun.set()
        time.sleep(0.3)
        reply = complete(*of)
        done.append("closed")
        return reply

    monkeypatch.setattr(endpoint, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(endpoint, "_IDLE_SECONDS", 0.0)
    monkeypatch.setattr(capturing, "_completed", slowly)
    with (
        serving_app(model.app()) as url,
        passing_on(wiring, {"openai": url}, on_stop=lambda: done.append("stopped")) as stopping,
    ):
        stopping.openai(tenant).chat.completions.create(model="m", messages=ASK)
        assert begun.wait(60)

    assert ["closed", "stopped"] == done


def test_what_finds_no_room_passes_and_says_that_it_is_not_kept(
    wiring: Wiring, model: Model, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(endpoint, "_COPIES_BYTES", 1500)
    long = {"model": "m", "messages": [{"role": "user", "content": "?" * 2000}]}
    short = {"model": "m", "messages": ASK}
    with serving_app(model.app()) as url, passing_on(wiring, {"openai": url}) as small:
        path, headers = f"{small.url}/v1/proxy/openai/v1/chat/completions", {"x-contextfs-key": tenant.key}
        replies = [httpx2.post(path, json=body, headers=headers, timeout=60) for body in (long, *[short] * 5)]

    [told] = settled(caplog)
    assert [200] * 6 == [one.status_code for one in replies]
    assert ["skipped", *[None] * 5] == [one.headers.get("x-contextfs-capture") for one in replies]
    assert "too much passes at once" == vars(told)["detail"]
    assert [["Which port?", "Noted."]] == words(tenant, messages=2)


def test_a_body_that_unpacks_to_too_much_passes_and_is_not_kept(
    server: Server, model: Model, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(capturing, "_MOST_UNPACKED", 1000)
    body = gzip.compress(json.dumps({"model": "m", "messages": [{"role": "user", "content": "?" * 2000}]}).encode())
    headers = {"x-contextfs-key": tenant.key, "content-encoding": "gzip"}

    reply = httpx2.post(f"{server.url}/v1/proxy/openai/v1/chat/completions", content=body, headers=headers, timeout=60)

    [told] = settled(caplog)
    assert (200, [{"bytes": len(body)}]) == (reply.status_code, model.asked)
    assert vars(told)["detail"].startswith("a body has more than 1,000 bytes")
    assert [] == said(tenant)


def test_a_store_that_stalls_stalls_no_other_call(
    server: Server, model: Model, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, stalled = threading.Event(), list[Any]()
    store = capturing._stored  # pyright: ignore[reportPrivateUsage] - a database that stalls

    def stalling(*of: Any) -> str:
        stalled.append(of)
        goes_on.wait(60)
        return store(*of)

    def talk(number: int) -> int:
        body = {"model": "m", "messages": [{"role": "user", "content": f"I am {number}."}]}
        headers = {"x-contextfs-key": tenant.key}
        path = f"{server.url}/v1/proxy/openai/v1/chat/completions"
        return httpx2.post(path, json=body, headers=headers, timeout=120).status_code

    monkeypatch.setattr(capturing, "_stored", stalling)
    with ThreadPoolExecutor(45) as pool:
        talks = [pool.submit(talk, number) for number in range(45)]
        wait_until(lambda: len(model.asked) == 45 and len(stalled) >= 8)
        time.sleep(0.5)  # as many as may stall do
        headers = {"authorization": f"Bearer {tenant.key}"}
        try:
            other = httpx2.get(f"{server.url}/v1/projects", headers=headers, timeout=30).status_code
        finally:
            goes_on.set()

    assert (200, {200}) == (other, {one.result() for one in talks})
    assert 45 == len(said(tenant, messages=90))


def test_what_a_conversation_cost_grows_with_it(server: Server, model: Model, tenant: Tenant) -> None:
    model.says = ["8443.", "Since May."]
    client = server.openai(tenant)

    client.chat.completions.create(model="m", messages=ASK)
    client.chat.completions.create(model="m", messages=[*ASK, *more("8443.", "Since when?")])

    def cost() -> list[tuple[int, int]]:
        sessions = tenant.call("GET", "/v1/sessions").json()["items"]
        return [(one["input_tokens"], one["output_tokens"]) for one in sessions]

    wait_until(lambda: cost() == [(200, 20)])


def test_headers_of_a_connection_and_of_what_is_between_go_no_further(
    server: Server, model: Model, tenant: Tenant
) -> None:
    between = {
        "x-hop": "1",
        "x-contextfs-other": "1",
        "x-goog-iap-jwt-assertion": "1",
        "x-serverless-authorization": "1",
    }
    headers = {"x-contextfs-key": tenant.key, "connection": "keep-alive, X-Hop", "x-goog-api-key": KEY, **between}

    httpx2.post(
        f"{server.url}/v1/proxy/openai/v1/chat/completions", json={"messages": ASK}, headers=headers, timeout=60
    )

    [asked] = model.headers
    assert between.keys().isdisjoint(asked)
    assert KEY == asked["x-goog-api-key"]


def test_nothing_that_speaks_for_our_address_comes_back() -> None:
    ours = [
        b"NEL",
        b"Report-To",
        b"Reporting-Endpoints",
        b"Clear-Site-Data",
        b"Refresh",
        b"X-ContextFS-Capture",
        b"X-Hop",
    ]

    kept = back_of_server([(b"Connection", b"X-Hop"), (b"retry-after", b"1"), *((name, b"1") for name in ours)])

    assert {b"retry-after", b"x-content-type-options", b"content-security-policy"} == {name for name, _ in kept}


def test_who_is_not_known_learns_of_no_upstream(server: Server) -> None:
    reply = httpx2.post(f"{server.url}/v1/proxy/elsewhere/v1/chat/completions", json={}, timeout=60)

    assert (401, False) == (reply.status_code, "anthropic" in reply.text)


def test_an_address_that_is_too_long_is_told(server: Server, model: Model, tenant: Tenant) -> None:
    path = "/v1/proxy/openai/v1/files?a=".ljust(
        65_535, "x"
    )  # as long as the server takes, and the model's host is longer
    with closing(HTTPConnection(server.url.removeprefix("http://"))) as connection:
        connection.request("GET", path, headers={"x-contextfs-key": tenant.key})
        reply = connection.getresponse()
        told = json.loads(reply.read())

    assert (414, "The address is longer than is passed on") == (reply.status, told["title"])
    assert "send a shorter one" in told["error"]["message"]
    assert [] == model.asked


def more(reply: str, question: str) -> list[Any]:
    """Give what follows on a reply."""
    return [{"role": "assistant", "content": reply}, {"role": "user", "content": question}]


def words(tenant: Tenant, *, messages: int) -> list[list[str]]:
    """Give what was said in each conversation, as soon as so much was said."""
    return [[text for _, text in one] for one in said(tenant, messages=messages)]


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def closed(tenant: Tenant, *, messages: int) -> str:
    """Give the id of the one session, once it is closed with so many messages."""
    deadline = time.monotonic() + 60
    while True:
        sessions = tenant.call("GET", "/v1/sessions").json()["items"]
        if [(one["status"], one["message_count"]) for one in sessions] == [("completed", messages)]:
            return sessions[0]["id"]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def settled(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Give what was logged of what was not kept, once there is something."""
    deadline = time.monotonic() + 60
    while not (told := [one for one in caplog.records if "not kept" in one.getMessage()]):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return told
