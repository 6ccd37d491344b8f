"""POST /v1/admin/sso/domains."""

from collections.abc import Callable

import pytest

from tests.conftest import Tenant


def test_the_record_that_proves_it_is_told_and_stays(tenant: Tenant, other_tenant: Tenant) -> None:
    first = tenant.call("POST", "/v1/admin/sso/domains", {"domain": "Acme.Example"})
    again = tenant.call("POST", "/v1/admin/sso/domains", {"domain": "acme.example"})
    other = other_tenant.call("POST", "/v1/admin/sso/domains", {"domain": "acme.example"})

    assert first.status_code == 201
    assert first.json()["domain"] == "acme.example"
    assert first.json()["record"] == again.json()["record"] != other.json()["record"]
    assert first.json()["verified_at"] is None


@pytest.mark.parametrize(
    "domain", ["", "localhost", "a..b", "-a.example", "a.example.", "a b.example", "1.2.3.4", "é.fr"]
)
def test_what_is_no_domain_is_refused(domain: str, tenant: Tenant) -> None:
    assert tenant.call("POST", "/v1/admin/sso/domains", {"domain": domain}).status_code == 422


def test_a_key_of_one_project_claims_nothing(tenant: Tenant, second_project: Callable[[Tenant], Tenant]) -> None:
    claimed = second_project(tenant).call("POST", "/v1/admin/sso/domains", {"domain": "acme.example"})

    assert claimed.status_code == 403
