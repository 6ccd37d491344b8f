"""GET /v1/admin/invitations."""

from tests.conftest import Tenant
from tests.functions.people import invite, join

PATH = "/v1/admin/invitations"


def test_the_open_ones_are_told_apart(tenant: Tenant, other_tenant: Tenant) -> None:
    join(tenant, "ann@example.test")
    revoked = invite(tenant, "ben@example.test").json()["invitation"]
    waiting = invite(tenant, "cleo@example.test").json()["invitation"]
    invite(other_tenant, "theirs@example.test")
    tenant.call("DELETE", f"{PATH}/{revoked['id']}")

    listed = tenant.call("GET", PATH).json()["items"]

    assert [one["email"] for one in listed] == ["cleo@example.test", "ben@example.test", "ann@example.test"]
    assert not {"token", "hash"} & set(listed[0])
    assert tenant.call("GET", f"{PATH}?open=true").json()["items"] == [waiting]
