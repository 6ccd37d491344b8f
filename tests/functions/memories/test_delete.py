"""DELETE /v1/memories/{memory_id}."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.asking import Things
from tests.functions.conftest import Rows


def test_it_is_found_no_more_and_its_history_stays(
    tenant: Tenant, things: Things, rows: Rows, settle_events: Callable[[], int]
) -> None:
    path = f"/v1/memories/{things.memory_id}"
    settle_events()

    reply = tenant.call("DELETE", path)
    events = rows.events(tenant)
    settle_events()

    assert (reply.status_code, reply.content) == (204, b"")
    assert [tenant.call(method, path).status_code for method in ("GET", "DELETE")] == [404, 404]
    assert tenant.call("PATCH", path, {"pinned": True}).status_code == 404
    assert tenant.call("GET", "/v1/memories").json()["items"] == []
    assert tenant.call("POST", "/v1/search/hybrid", {"query": "known"}).json()["hits"] == []
    assert [one["fields"]["deleted"] for one in tenant.call("GET", f"{path}/history").json()["revisions"]] == [
        True,
        False,
    ]
    assert [str(audit["subject"]) for audit in rows.audited(tenant, "memory.deleted")] == [things.memory_id]
    assert events == ["memory.deleted"]


def test_a_stale_version_deletes_nothing(tenant: Tenant, things: Things) -> None:
    path = f"/v1/memories/{things.memory_id}"

    assert tenant.call("DELETE", path, if_match='"stale"').status_code == 412
    assert tenant.call("GET", path).status_code == 200
    assert tenant.call("DELETE", path, if_match=tenant.call("GET", path).headers["etag"]).status_code == 204


def test_what_was_deleted_can_be_said_again(tenant: Tenant, things: Things) -> None:
    tenant.call("DELETE", f"/v1/memories/{things.memory_id}")

    again = tenant.call("POST", "/v1/memories", {"project_id": things.project_id, "content": "Known."}).json()

    assert again["receipt"]["stored"] == 1
    assert again["memory"]["id"] != things.memory_id
