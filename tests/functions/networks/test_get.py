"""GET /v1/admin/networks."""

from tests.conftest import Tenant


def test_without_a_list_the_organization_may_be_called_from_everywhere(tenant: Tenant) -> None:
    reply = tenant.call("GET", "/v1/admin/networks")

    assert (reply.status_code, reply.json()) == (200, {"networks": [], "covers": [], "updated_at": None})
