"""Idempotency-Key: the same request with the same key is done once, and its first reply comes again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from contextfs.runtime.door.binding import bind
from contextfs.runtime.table import Route
from tests.conftest import Tenant
from tests.functions.asking import GUARDED, Things, ask, body_of, path_of, told
from tests.functions.conftest import Rows

CHANGING = tuple(route for route in GUARDED if route.method != "GET")


@pytest.mark.parametrize("route", CHANGING, ids=lambda route: route.name)
def test_the_first_reply_comes_again_and_nothing_is_done_twice(
    route: Route, tenant: Tenant, things: Things, rows: Rows
) -> None:
    first = ask(tenant, route, things, idempotency_key="k1")
    before = rows.everything(tenant), rows.events(tenant), len(rows.of("audit_log", tenant))

    again = ask(tenant, route, things, idempotency_key="k1")

    assert (again.status_code, again.headers["idempotent-replayed"]) == (route.status, "true")
    assert "idempotent-replayed" not in first.headers
    assert again.headers.get("etag") == first.headers.get("etag")
    if not hasattr(bind(route).reply_type, "shown_once"):  # a secret is not told again
        assert again.content == first.content
    assert before == (rows.everything(tenant), rows.events(tenant), len(rows.of("audit_log", tenant)))


@pytest.mark.parametrize("route", CHANGING, ids=lambda route: route.name)
def test_another_request_with_the_same_key_is_refused(route: Route, tenant: Tenant, things: Things, rows: Rows) -> None:
    tenant.call("POST", "/v1/query", {}, idempotency_key="k1")
    before = rows.everything(tenant)

    reply = ask(tenant, route, things, idempotency_key="k1")

    assert reply.status_code == 422
    assert told(reply)["where"] == "header.Idempotency-Key"
    assert before == rows.everything(tenant)


def test_another_body_path_or_query_is_another_request(tenant: Tenant, things: Things) -> None:
    path = f"/v1/memories/{things.memory_id}"
    tenant.call("PATCH", path, {"pinned": True}, idempotency_key="k1")

    assert tenant.call("PATCH", path, {"pinned": False}, idempotency_key="k1").status_code == 422
    assert tenant.call("PATCH", f"{path}?wait=searchable", {"pinned": True}, idempotency_key="k1").status_code == 422
    assert tenant.call("DELETE", path, idempotency_key="k1").status_code == 422


def test_a_call_that_failed_may_be_sent_again_with_the_same_key(tenant: Tenant, rows: Rows) -> None:
    body = {"project_id": str(tenant.project_id), "content": "x"}

    for wrong in (body | {"project_id": str(tenant.user_id)}, body | {"pinned": 1}):
        assert tenant.call("POST", "/v1/memories", wrong, idempotency_key="k1").status_code in {404, 422}
    assert tenant.call("POST", "/v1/memories", body, idempotency_key="k1").status_code == 201
    assert len(rows.of("memories", tenant)) == 1


def test_keys_of_others_do_not_matter(tenant: Tenant, other_tenant: Tenant, key_with: Callable[..., Tenant]) -> None:
    replies = [
        caller.call("POST", "/v1/projects", {"name": name}, idempotency_key="k1")
        for name, caller in (("a", tenant), ("b", other_tenant), ("c", key_with(tenant, role="owner")))
    ]

    assert [reply.status_code for reply in replies] == [201, 201, 201]


def test_who_lost_the_permission_does_not_get_the_reply_again(tenant: Tenant, rows: Rows) -> None:
    tenant.call("POST", "/v1/projects", {"name": "a"}, idempotency_key="k1")
    rows.connection.execute("update contextfs.api_keys set permissions = '{}' where org_id = %s", [tenant.org_id])

    assert tenant.call("POST", "/v1/projects", {"name": "a"}, idempotency_key="k1").status_code == 403


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(key: str, tenant: Tenant) -> None:
    reply = tenant.call("POST", "/v1/projects", {"name": "a"}, idempotency_key=key)

    assert reply.status_code == 400
    assert told(reply)["where"] == "header.Idempotency-Key"


def test_a_reading_call_takes_no_notice(tenant: Tenant, rows: Rows) -> None:
    assert tenant.call("GET", "/v1/projects", idempotency_key="k1").status_code == 200
    assert rows.of("idempotency_keys", tenant) == []


@pytest.mark.parametrize("name", ["memories.create", "sessions.append", "projects.create", "sessions.complete"])
def test_at_the_same_time_there_is_one_effect_and_one_reply(
    name: str, tenant: Tenant, things: Things, rows: Rows
) -> None:
    route = next(route for route in CHANGING if route.name == name)
    path, body = path_of(route, things), body_of(route, things.project_id)
    audited = len(rows.of("audit_log", tenant))

    def call(_: int) -> Any:
        return tenant.call(route.method, path, body, idempotency_key="k1")

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(call, range(8)))

    assert {reply.status_code for reply in replies} == {route.status}
    assert len({reply.content for reply in replies}) == 1
    assert sum("idempotent-replayed" not in reply.headers for reply in replies) == 1
    assert len(rows.of("audit_log", tenant)) == audited + 1
