"""GET /v1/admin/sso."""

from tests.conftest import Tenant


def test_who_never_said_anything_has_it_switched_off(tenant: Tenant) -> None:
    told = tenant.call("GET", "/v1/admin/sso").json()

    assert (told["enabled"], told["enforced"], told["updated_at"]) == (False, False, None)
    assert told["redirect_uri"] == "http://127.0.0.1:8420/v1/auth/callback"
