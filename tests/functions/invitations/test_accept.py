"""POST /v1/invitations/accept."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

from contextfs.domain.access import keys
from contextfs.domain.access.rules import ROLES
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.asking import GUARDED, Things, body_of, path_of, told
from tests.functions.conftest import Rows
from tests.functions.people import invite, join

PATH = "/v1/invitations/accept"


def accept(tenant: Tenant, token: str) -> int:
    """Use a token; gives the status."""
    return replace(tenant, key=token).call("POST", PATH, {}).status_code


def test_it_makes_a_member_with_a_key(tenant: Tenant, rows: Rows) -> None:
    token = invite(tenant, "ann@example.test", role="viewer").json()["token"]

    joined = replace(tenant, key=token).call("POST", PATH, {"name": "Ann"}).json()
    ann = replace(tenant, key=joined["secret"])

    assert {"email": "ann@example.test", "name": "Ann", "role": "viewer", "projects": None}.items() <= (
        joined["user"].items()
    )
    assert joined["api_key"]["permissions"] == list(ROLES["viewer"])
    assert ann.call("GET", "/v1/memories").status_code == 200
    assert [str(row["subject"]) for row in rows.audited(tenant, "user.joined")] == [joined["user"]["id"]]
    assert joined["secret"] not in str(rows.of("api_keys", tenant))


def test_it_opens_once_also_when_it_is_used_twice_at_once(tenant: Tenant, rows: Rows) -> None:
    token = invite(tenant, "ann@example.test").json()["token"]

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(accept, [tenant] * 4, [token] * 4))

    assert statuses == [201, 401, 401, 401]
    assert len(rows.of("memberships", tenant)) == 2


def test_it_ends_with_its_time(tenant: Tenant, rows: Rows) -> None:
    token = invite(tenant, "ann@example.test").json()["token"]
    rows.connection.execute(
        "update contextfs.invitations set expires_at = now() - interval '1 second' where org_id = %s", [tenant.org_id]
    )

    reply = replace(tenant, key=token).call("POST", PATH, {})

    assert reply.status_code == 401
    assert told(reply)["detail"].startswith("This invitation does not exist, or was used")


def test_it_ends_when_it_is_revoked(tenant: Tenant) -> None:
    made = invite(tenant, "ann@example.test").json()
    tenant.call("DELETE", f"/v1/admin/invitations/{made['invitation']['id']}")

    assert accept(tenant, made["token"]) == 401


def test_a_token_that_was_never_given_out_opens_nothing(tenant: Tenant, wiring: Wiring) -> None:
    made = invite(tenant, "ann@example.test").json()["invitation"]
    guessed = keys.mint_invitation(tenant.org_id, UUID(made["id"]), wiring.services.entropy)

    assert accept(tenant, guessed) == 401


def test_a_key_opens_it_not(tenant: Tenant) -> None:
    reply = tenant.call("POST", PATH, {})

    assert reply.status_code == 403
    assert told(reply)["detail"] == "This needs an invitation: see /v1/invitations/accept."


def test_an_invitation_opens_no_other_door(tenant: Tenant, things: Things, rows: Rows) -> None:
    invited = replace(tenant, key=things.invitation)
    before = rows.everything(tenant)

    for route in GUARDED:
        reply = invited.call(route.method, path_of(route, things), body_of(route, things.project_id))

        assert reply.status_code == 403, route.name
    assert before == rows.everything(tenant)


def test_who_became_a_member_meanwhile_does_not_become_one_twice(tenant: Tenant) -> None:
    token = invite(tenant, "ann@example.test").json()["token"]
    tenant.call("POST", "/v1/admin/users", {"email": "ANN@example.test"})

    assert accept(tenant, token) == 409


def test_the_reach_of_the_invitation_is_that_of_the_member(tenant: Tenant) -> None:
    tenant.call("POST", "/v1/projects", {"name": "other"})
    ann = join(tenant, "ann@example.test", projects=[str(tenant.project_id)])

    assert [one["id"] for one in ann.call("GET", "/v1/projects").json()["items"]] == [str(tenant.project_id)]
