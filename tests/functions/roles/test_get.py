"""GET /v1/admin/roles/{role_id}."""

from tests.conftest import Tenant


def test_a_role_is_read_with_a_version(tenant: Tenant) -> None:
    made = tenant.call("POST", "/v1/admin/roles", {"name": "reader", "permissions": ["memories:read"]}).json()
    reply = tenant.call("GET", f"/v1/admin/roles/{made['id']}")
    again = tenant.call("GET", f"/v1/admin/roles/{made['id']}", if_none_match=reply.headers["etag"])

    assert reply.json() == made
    assert again.status_code == 304
