"""POST /v1/sessions/{session_id}/messages."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

from tests.conftest import Tenant
from tests.functions.asking import Things
from tests.functions.conftest import Rows


def said(*contents: str, **more: Any) -> Any:
    return {"messages": [{"role": "user", "content": content, **more} for content in contents]}


def test_messages_are_stored_in_their_order(tenant: Tenant, things: Things, rows: Rows) -> None:
    path = f"/v1/sessions/{things.session_id}/messages"

    reply = tenant.call("POST", path, said("one", "two", "three"), x_request_id="r1")
    (audit,) = rows.audited(tenant, "session.appended")

    assert reply.status_code == 201
    assert (reply.json()["receipt"]["stored"], reply.json()["session"]["message_count"]) == (3, 3)
    assert reply.json()["receipt"]["pending"] == ["searchable"]
    assert [one["content"] for one in tenant.call("GET", path).json()["items"]] == ["one", "two", "three"]
    assert (audit["request_id"], audit["details"]) == ("r1", {"messages": 3, "redacted": 0})
    assert rows.used(tenant, "messages.written") == [3]
    assert rows.events(tenant)[-1] == "session.appended"


def test_what_is_there_already_is_not_stored_again(tenant: Tenant, things: Things, rows: Rows) -> None:
    path = f"/v1/sessions/{things.session_id}/messages"
    tenant.call("POST", path, said("one", external_id="m1"))
    events = rows.events(tenant)

    reply = tenant.call("POST", path, said("one, changed", external_id="m1"))

    assert (reply.json()["receipt"]["stored"], reply.json()["receipt"]["duplicates"]) == (0, 1)
    assert [one["content"] for one in tenant.call("GET", path).json()["items"]] == ["one"]
    assert rows.events(tenant) == events
    assert rows.used(tenant, "messages.written") == [1, 0]


def test_an_external_id_twice_in_one_call_is_one_message(tenant: Tenant, things: Things) -> None:
    reply = tenant.call("POST", f"/v1/sessions/{things.session_id}/messages", said("a", "b", external_id="m1"))

    assert (reply.json()["receipt"]["stored"], reply.json()["receipt"]["duplicates"]) == (1, 1)


def test_the_reply_tells_the_session_as_it_is_stored(tenant: Tenant, things: Things) -> None:
    path = f"/v1/sessions/{things.session_id}"
    tenant.call("POST", f"{path}/complete")

    replies = [tenant.call("POST", f"{path}/messages", said(*contents)) for contents in (("one", "two"), ("three",))]
    read = tenant.call("GET", path)

    assert read.json() == replies[-1].json()["session"]
    assert read.headers["etag"] == replies[-1].headers["etag"] != replies[0].headers["etag"]


def test_what_is_sent_before_its_session_is_known_is_told_as_it_is_stored(tenant: Tenant, things: Things) -> None:
    path = f"/v1/sessions/{things.session_id}"
    for number in range(5):  # who calls is presumed to be who they were from the third time on
        tenant.call("POST", f"{path}/complete")
        reply = tenant.call("POST", f"{path}/messages", said(f"one {number}", f"two {number}"))
        read = tenant.call("GET", path)

        assert (201, read.json()) == (reply.status_code, reply.json()["session"])
        assert read.headers["etag"] == reply.headers["etag"]
        assert (read.json()["message_count"], read.json()["title"]) == (2 * number + 2, "one 0")
    items = tenant.call("GET", f"{path}/messages").json()["items"]
    assert [one["content"] for one in items] == [f"{word} {number}" for number in range(5) for word in ("one", "two")]


def test_what_is_sent_before_its_session_is_known_is_not_stored_where_it_may_not_be(
    tenant: Tenant, other_tenant: Tenant, things: Things, rows: Rows
) -> None:
    path = f"/v1/sessions/{things.session_id}/messages"
    for one in (tenant, other_tenant):
        session = one.call("POST", "/v1/sessions", {"project_id": str(one.project_id), "tool": "t"}).json()["session"]
        for _ in range(3):
            assert one.call("POST", f"/v1/sessions/{session['id']}/messages", said("x")).status_code == 201
    before = rows.everything(tenant) | rows.everything(other_tenant), rows.events(tenant)

    refused = [
        tenant.call("POST", path, said("x"), if_match='"stale"'),
        tenant.call("POST", f"/v1/sessions/{uuid4()}/messages", said("x")),
        other_tenant.call("POST", path, said("x")),
    ]

    assert [one.status_code for one in refused] == [412, 404, 404]
    assert before == (rows.everything(tenant) | rows.everything(other_tenant), rows.events(tenant))


def test_appends_at_once_are_all_counted(tenant: Tenant, things: Things) -> None:
    path = f"/v1/sessions/{things.session_id}"
    before = tenant.call("GET", path).json()["message_count"]

    def append(content: str) -> Any:
        return tenant.call("POST", f"{path}/messages", said(content, content))

    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(append, "abcdefgh"))
    after = tenant.call("GET", path).json()["message_count"]

    assert [201] * 8 == [reply.status_code for reply in replies]
    assert before + 16 == after == len(tenant.call("GET", f"{path}/messages").json()["items"])
    counts = [reply.json()["session"]["message_count"] for reply in replies]
    assert [*range(before + 2, before + 17, 2)] == sorted(counts)


def test_a_completed_session_is_open_again(tenant: Tenant, things: Things) -> None:
    tenant.call("POST", f"/v1/sessions/{things.session_id}/complete")

    session = tenant.call("POST", f"/v1/sessions/{things.session_id}/messages", said("more")).json()["session"]

    assert (session["status"], session["ended_at"]) == ("open", None)


def test_a_stale_version_stores_nothing(tenant: Tenant, things: Things, rows: Rows) -> None:
    reply = tenant.call("POST", f"/v1/sessions/{things.session_id}/messages", said("x"), if_match='"stale"')

    assert reply.status_code == 412
    assert rows.of("messages", tenant) == []


def test_tool_calls_keep_any_json(tenant: Tenant, things: Things) -> None:
    path = f"/v1/sessions/{things.session_id}/messages"
    calls = [{"name": "bash", "id": "t1", "input": {"command": "ls", "n": [1, 2.5, None, 10**20]}}]

    tenant.call("POST", path, {"messages": [{"role": "assistant", "content": "", "tool_calls": calls}]})

    assert tenant.call("GET", path).json()["items"][0]["tool_calls"] == calls


def test_who_may_not_write_neither_holds_a_session_nor_waits_for_it(tenant: Tenant, things: Things, rows: Rows) -> None:
    path = f"/v1/sessions/{things.session_id}/messages"
    made = tenant.call("POST", "/v1/api-keys", {"name": "reader", "permissions": ["sessions:read"]}).json()
    reader = replace(tenant, key=made["secret"])
    with ThreadPoolExecutor(1) as pool, rows.connection.transaction():
        held = "select id from contextfs.sessions where id = %s for update"
        rows.connection.execute(held, [things.session_id])
        for _ in range(2):
            refused = pool.submit(reader.call, "POST", path, said("no"))

            assert refused.result(10).status_code == 403
