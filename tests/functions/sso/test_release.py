"""DELETE /v1/admin/sso/domains/{domain}."""

from tests.conftest import Tenant


def test_a_domain_is_given_up_once(tenant: Tenant) -> None:
    tenant.call("POST", "/v1/admin/sso/domains", {"domain": "acme.example"})

    replies = [tenant.call("DELETE", "/v1/admin/sso/domains/ACME.example").status_code for _ in range(2)]

    assert replies == [204, 404]
    assert tenant.call("GET", "/v1/admin/sso/domains").json() == {"items": []}
