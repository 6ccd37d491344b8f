"""DELETE /v1/admin/scim/tokens/{token_id}."""

from tests.conftest import Tenant
from tests.functions.scim.conftest import Directory


def test_a_token_that_was_ended_opens_nothing(tenant: Tenant, directory: Directory) -> None:
    path = f"/v1/admin/scim/tokens/{directory.token_id}"

    first, again = tenant.call("DELETE", path), tenant.call("DELETE", path)

    assert first.json()["revoked_at"] == again.json()["revoked_at"] is not None
    assert directory("GET", "/Users").status_code == 401
