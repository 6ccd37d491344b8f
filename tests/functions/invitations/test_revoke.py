"""DELETE /v1/admin/invitations/{invitation_id}."""

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows
from tests.functions.people import invite, join

PATH = "/v1/admin/invitations"


def test_twice_is_once(tenant: Tenant, rows: Rows) -> None:
    made = invite(tenant, "ann@example.test").json()["invitation"]
    first, second = [tenant.call("DELETE", f"{PATH}/{made['id']}") for _ in range(2)]

    assert first.json() == second.json() == made | {"revoked_at": first.json()["revoked_at"]}
    assert rows.events(tenant).count("invitation.revoked") == 1


def test_one_that_was_used_cannot_be_taken_back(tenant: Tenant) -> None:
    join(tenant, "ann@example.test")
    used = tenant.call("GET", PATH).json()["items"][0]

    reply = tenant.call("DELETE", f"{PATH}/{used['id']}")

    assert reply.status_code == 409
    assert told(reply)["detail"] == "This invitation was accepted: remove the user instead."


def test_an_administrator_ends_no_owners_invitation(tenant: Tenant) -> None:
    made = invite(tenant, "next@example.test", role="owner").json()["invitation"]
    admin = join(tenant, "admin@example.test", role="admin")

    assert admin.call("DELETE", f"{PATH}/{made['id']}").status_code == 403
