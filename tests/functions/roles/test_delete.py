"""DELETE /v1/admin/roles/{role_id}."""

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows
from tests.functions.people import invite, join, user_path

PATH = "/v1/admin/roles"


def test_a_role_that_somebody_has_stays(tenant: Tenant, rows: Rows) -> None:
    role = tenant.call("POST", PATH, {"name": "reader", "permissions": ["memories:read"]}).json()
    ann = join(tenant, "ann@example.test", role="reader")

    refused = tenant.call("DELETE", f"{PATH}/{role['id']}")
    tenant.call("PATCH", user_path(ann), {"role": "viewer"})
    deleted = tenant.call("DELETE", f"{PATH}/{role['id']}")

    assert (refused.status_code, told(refused)["detail"]) == (
        409,
        "1 members have this role: give them another one first.",
    )
    assert deleted.status_code == 204
    assert [row["name"] for row in rows.of("custom_roles_history", tenant)] == ["reader"]


def test_invitations_to_it_end(tenant: Tenant, rows: Rows) -> None:
    role = tenant.call("POST", PATH, {"name": "reader", "permissions": ["memories:read"]}).json()
    token = invite(tenant, "ann@example.test", role="reader").json()["token"]

    tenant.call("DELETE", f"{PATH}/{role['id']}")
    reply = tenant.http.post("/v1/invitations/accept", json={}, headers={"authorization": f"Bearer {token}"})

    assert reply.status_code == 401
    assert rows.of("invitations", tenant) == []
