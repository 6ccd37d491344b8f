"""GET /v1/admin/roles."""

from tests.conftest import Tenant

PATH = "/v1/admin/roles"


def test_the_newest_comes_first_and_one_is_found_by_name(tenant: Tenant, other_tenant: Tenant) -> None:
    made = [tenant.call("POST", PATH, {"name": name, "permissions": []}).json() for name in "ab"]
    other_tenant.call("POST", PATH, {"name": "theirs", "permissions": []})

    assert tenant.call("GET", PATH).json()["items"] == made[::-1]
    assert tenant.call("GET", f"{PATH}?name=a").json()["items"] == made[:1]
    assert tenant.call("GET", f"{PATH}?name=theirs").json()["items"] == []
