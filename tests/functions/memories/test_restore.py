"""POST /v1/memories/{memory_id}/restore."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.asking import Things

_KEPT = ("content", "type", "tags", "visibility", "created_at")


def test_a_deleted_memory_comes_back_as_it_was(
    tenant: Tenant, things: Things, settle_events: Callable[[], int]
) -> None:
    path = f"/v1/memories/{things.memory_id}"
    before = tenant.call("GET", path).json()
    tenant.call("DELETE", path)
    settle_events()

    reply = tenant.call("POST", f"{path}/restore")
    settle_events()
    after = tenant.call("GET", path).json()
    hits = tenant.call("POST", "/v1/search/hybrid", {"query": "known"}).json()["hits"]

    assert (200, 1) == (reply.status_code, reply.json()["receipt"]["stored"])
    assert {name: before[name] for name in _KEPT} == {name: after[name] for name in _KEPT}
    assert things.memory_id in {hit["id"] for hit in hits}
    assert [False, True, False] == [
        one["fields"]["deleted"] for one in tenant.call("GET", f"{path}/history").json()["revisions"]
    ]


def test_a_memory_that_is_there_stays_as_it_is(tenant: Tenant, things: Things) -> None:
    path = f"/v1/memories/{things.memory_id}"
    before = tenant.call("GET", path).json()

    reply = tenant.call("POST", f"{path}/restore").json()

    assert (0, before["version"]) == (reply["receipt"]["stored"], reply["memory"]["version"])


def test_a_stale_version_restores_nothing(tenant: Tenant, things: Things) -> None:
    path = f"/v1/memories/{things.memory_id}"
    tenant.call("DELETE", path)

    assert 412 == tenant.call("POST", f"{path}/restore", if_match='"stale"').status_code
    assert 404 == tenant.call("GET", path).status_code


def test_that_of_another_tenant_is_not_there(tenant: Tenant, other_tenant: Tenant, things: Things) -> None:
    path = f"/v1/memories/{things.memory_id}"
    tenant.call("DELETE", path)

    assert 404 == other_tenant.call("POST", f"{path}/restore").status_code
    assert 404 == tenant.call("GET", path).status_code
