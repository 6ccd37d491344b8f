"""GET /v1/admin/sso/domains."""

from tests.conftest import Tenant


def test_an_organization_sees_its_own(tenant: Tenant, other_tenant: Tenant) -> None:
    for domain in ("b.example", "a.example"):
        tenant.call("POST", "/v1/admin/sso/domains", {"domain": domain})

    items = tenant.call("GET", "/v1/admin/sso/domains").json()["items"]

    assert [one["domain"] for one in items] == ["a.example", "b.example"]
    assert other_tenant.call("GET", "/v1/admin/sso/domains").json() == {"items": []}
