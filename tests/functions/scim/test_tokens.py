"""GET /v1/admin/scim/tokens."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.scim.conftest import Directory


def test_an_organization_sees_its_own_without_secrets(
    tenant: Tenant, other_tenant: Tenant, directory: Directory
) -> None:
    listed = tenant.call("GET", "/v1/admin/scim/tokens")

    assert [one["id"] for one in listed.json()["items"]] == [directory.token_id]
    assert directory.token not in listed.text
    assert other_tenant.call("GET", "/v1/admin/scim/tokens").json() == {"items": []}


def test_a_key_of_one_project_sees_none(tenant: Tenant, second_project: Callable[[Tenant], Tenant]) -> None:
    stranger = second_project(tenant)

    for path in ("/v1/admin/scim/tokens", "/v1/admin/sso", "/v1/admin/sso/domains"):
        assert stranger.call("GET", path).status_code == 403
