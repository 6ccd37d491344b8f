"""GET /v1/sources."""

from collections.abc import Callable

from tests.conftest import Tenant


def test_the_newest_comes_first_without_secrets(
    tenant: Tenant, other_tenant: Tenant, second_project: Callable[[Tenant], Tenant]
) -> None:
    for name in "ab":
        tenant.call("POST", "/v1/sources", {"name": name, "project_id": str(tenant.project_id)})
    first = tenant.call("GET", "/v1/sources?limit=1").json()
    rest = tenant.call("GET", f"/v1/sources?cursor={first['next_cursor']}").json()

    assert [source["name"] for source in first["items"] + rest["items"]] == ["b", "a"]
    assert not {"secret", "sealed", "former"} & set(first["items"][0])
    assert other_tenant.call("GET", "/v1/sources").json()["items"] == []
    assert second_project(tenant).call("GET", "/v1/sources").json()["items"] == []
