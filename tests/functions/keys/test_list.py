"""GET /v1/api-keys."""

from collections.abc import Callable
from typing import Any

from tests.conftest import Tenant


def listed(tenant: Tenant, query: str = "") -> list[Any]:
    return tenant.call("GET", f"/v1/api-keys{query}").json()["items"]


def test_the_newest_comes_first_without_secrets(tenant: Tenant) -> None:
    made = [tenant.call("POST", "/v1/api-keys", {"name": name}).json() for name in "ab"]
    page = tenant.call("GET", "/v1/api-keys?limit=1").json()

    assert [key["name"] for key in listed(tenant)] == ["b", "a", "first key"]
    assert listed(tenant)[0] == made[1]["api_key"]
    assert not {"secret", "hash"} & set(listed(tenant)[0])
    assert [key["name"] for key in listed(tenant, f"?limit=1&cursor={page['next_cursor']}")] == ["a"]


def test_a_key_of_one_project_sees_the_keys_of_that_one(
    tenant: Tenant, second_project: Callable[[Tenant], Tenant]
) -> None:
    tenant.call("POST", "/v1/api-keys", {"name": "elsewhere", "project_id": str(tenant.project_id)})

    assert [key["name"] for key in listed(second_project(tenant))] == ["s"]
