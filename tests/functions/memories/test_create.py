"""POST /v1/memories."""

from collections.abc import Callable

from tests.conftest import Tenant


def test_a_memory_is_stored_before_the_reply(tenant: Tenant) -> None:
    reply = tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "We deploy with uv."})

    assert reply.status_code == 201
    assert reply.json()["receipt"]["stored"] == 1
    assert tenant.call("GET", f"/v1/memories/{reply.json()['memory']['id']}").json() == reply.json()["memory"]


def test_another_tenant_sees_nothing_of_it(tenant: Tenant, other_tenant: Tenant) -> None:
    body = {"project_id": str(tenant.project_id), "content": "We deploy with uv."}
    stored = tenant.call("POST", "/v1/memories", body).json()["memory"]

    assert other_tenant.call("GET", f"/v1/memories/{stored['id']}").status_code == 404
    assert other_tenant.call("GET", "/v1/memories").json()["items"] == []


def test_it_can_be_found_once_its_event_was_taken(tenant: Tenant, settle_events: Callable[[], int]) -> None:
    body = {"project_id": str(tenant.project_id), "content": "The staging database listens on port 5433."}
    stored = tenant.call("POST", "/v1/memories", body).json()["memory"]
    settle_events()

    hits = tenant.call("POST", "/v1/search/hybrid", {"query": "port of the staging database"}).json()["hits"]

    assert [hit["id"] for hit in hits] == [stored["id"]]
