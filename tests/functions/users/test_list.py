"""GET /v1/admin/users."""

from tests.conftest import Tenant

PATH = "/v1/admin/users"


def test_the_newest_comes_first_and_pages_follow(tenant: Tenant) -> None:
    made = [tenant.call("POST", PATH, {"email": f"{name}@example.test"}).json() for name in "ab"]
    first = tenant.call("GET", f"{PATH}?limit=1").json()
    rest = tenant.call("GET", f"{PATH}?cursor={first['next_cursor']}").json()

    assert first["items"] == made[1:]
    assert [user["email"] for user in rest["items"]] == ["a@example.test", "owner@example.test"]


def test_one_is_found_by_address_and_some_by_role(tenant: Tenant) -> None:
    tenant.call("POST", PATH, {"email": "Ann@example.test", "role": "viewer"})

    found = [
        tenant.call("GET", f"{PATH}?{query}").json()["items"] for query in ("email=ann@EXAMPLE.test", "role=owner")
    ]

    assert [[user["email"] for user in users] for users in found] == [["Ann@example.test"], ["owner@example.test"]]


def test_another_organization_is_not_seen(tenant: Tenant, other_tenant: Tenant) -> None:
    other_tenant.call("POST", PATH, {"email": "theirs@example.test"})

    assert [user["email"] for user in tenant.call("GET", PATH).json()["items"]] == ["owner@example.test"]
    assert tenant.call("GET", f"{PATH}?email=theirs@example.test").json()["items"] == []
