"""GET /v1/admin/redaction."""

from tests.conftest import Tenant


def test_without_rules_there_are_none(tenant: Tenant) -> None:
    reply = tenant.call("GET", "/v1/admin/redaction")

    assert (reply.status_code, reply.json()) == (200, {"rules": [], "updated_at": None})
