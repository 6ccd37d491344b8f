"""GET /v1/admin/residency."""

from tests.conftest import Tenant


def test_where_there_is_one_region_the_organization_lives_there(tenant: Tenant) -> None:
    reply = tenant.call("GET", "/v1/admin/residency")

    assert (reply.status_code, reply.json()) == (200, {"region": "local", "elsewhere": "forward", "others": []})
