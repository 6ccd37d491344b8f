"""GET /v1/projects."""

from collections.abc import Callable
from typing import Any

from tests.conftest import Tenant


def listed(tenant: Tenant, query: str = "") -> list[Any]:
    return [project["name"] for project in tenant.call("GET", f"/v1/projects{query}").json()["items"]]


def test_the_newest_comes_first_and_pages_lead_on(tenant: Tenant) -> None:
    for name in "ab":
        tenant.call("POST", "/v1/projects", {"name": name})
    page = tenant.call("GET", "/v1/projects?limit=2").json()

    assert listed(tenant) == ["b", "a", "first"]
    assert listed(tenant, f"?limit=2&cursor={page['next_cursor']}") == ["first"]


def test_a_name_finds_one(tenant: Tenant) -> None:
    assert listed(tenant, "?name=FIRST") == ["first"]
    assert listed(tenant, "?name=firs") == []
    assert tenant.call("GET", "/v1/projects?name=").status_code == 422


def test_a_key_of_one_project_sees_that_one(tenant: Tenant, second_project: Callable[[Tenant], Tenant]) -> None:
    assert listed(second_project(tenant)) == ["second"]
