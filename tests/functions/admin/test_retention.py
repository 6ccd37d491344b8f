"""GET /v1/admin/audit-logs/retention."""

from tests.conftest import Tenant


def test_it_tells_how_long_the_log_is_kept(tenant: Tenant, other_tenant: Tenant) -> None:
    before = tenant.call("GET", "/v1/admin/audit-logs/retention").json()
    tenant.call("PUT", "/v1/admin/audit-logs/retention", {"keep_days": 365})

    assert before == {"keep_days": None}
    assert tenant.call("GET", "/v1/admin/audit-logs/retention").json() == {"keep_days": 365}
    assert other_tenant.call("GET", "/v1/admin/audit-logs/retention").json() == {"keep_days": None}
