"""GET /v1/admin/users/{user_id}."""

from tests.conftest import Tenant
from tests.functions.people import user_path


def test_a_member_is_read_with_a_version(tenant: Tenant) -> None:
    reply = tenant.call("GET", user_path(tenant))
    again = tenant.call("GET", user_path(tenant), if_none_match=reply.headers["etag"])

    assert reply.json()["role"] == "owner"
    assert reply.json()["id"] == str(tenant.user_id)
    assert (again.status_code, again.content) == (304, b"")
