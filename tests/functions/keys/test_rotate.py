"""POST /v1/api-keys/{key_id}/rotate."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows
from tests.functions.people import join


def made(tenant: Tenant, **wanted: Any) -> Any:
    """Create a key; gives it and its secret."""
    return tenant.call("POST", "/v1/api-keys", {"name": "ci", **wanted}).json()


def rotated(tenant: Tenant, key: Any, **wanted: Any) -> Any:
    """Rotate a key; gives the reply."""
    return tenant.call("POST", f"/v1/api-keys/{key['api_key']['id']}/rotate", wanted)


def opens(tenant: Tenant, key: Any) -> int:
    """Call with a key; gives the status."""
    return replace(tenant, key=key["secret"]).call("GET", "/v1/memories").status_code


def test_both_open_until_the_overlap_is_over(tenant: Tenant, rows: Rows) -> None:
    old = made(tenant, role="viewer", project_id=str(tenant.project_id))
    reply = rotated(tenant, old, overlap_hours=2)
    new = reply.json()
    both = (opens(tenant, old), opens(tenant, new))
    rows.connection.execute(
        "update contextfs.api_keys set expires_at = expires_at - interval '2 hours' where id = %s",
        [old["api_key"]["id"]],
    )

    assert reply.status_code == 201
    assert {name: new["api_key"][name] for name in ("name", "role", "permissions", "project_id", "user_id")} == {
        name: old["api_key"][name] for name in ("name", "role", "permissions", "project_id", "user_id")
    }
    assert both == (200, 200)
    assert (opens(tenant, old), opens(tenant, new)) == (401, 200)
    assert [str(row["subject"]) for row in rows.audited(tenant, "api_key.rotated")] == [old["api_key"]["id"]]


def test_without_overlap_the_old_one_ends_at_once(tenant: Tenant) -> None:
    old = made(tenant)
    new = rotated(tenant, old, overlap_hours=0).json()

    assert (opens(tenant, old), opens(tenant, new)) == (401, 200)


def test_a_key_that_ends_is_followed_by_one_that_lasts_as_long(tenant: Tenant, rows: Rows) -> None:
    old = made(tenant, expires_at="2999-01-01T00:00:00Z")["api_key"]
    new = rotated(tenant, {"api_key": old}).json()["api_key"]
    lasts = [
        datetime.fromisoformat(one["expires_at"]) - datetime.fromisoformat(one["created_at"]) for one in (old, new)
    ]
    ends = tenant.call("GET", "/v1/api-keys").json()["items"][1]["expires_at"]

    assert lasts[0] == lasts[1]
    assert datetime.fromisoformat(ends) - datetime.fromisoformat(new["created_at"]) == timedelta(hours=24)


def test_a_key_that_ends_with_the_last_year_is_followed_by_one_that_does(tenant: Tenant, rows: Rows) -> None:
    old = made(tenant, expires_at="9999-12-30T00:00:00Z")
    rows.connection.execute(
        "update contextfs.api_keys set created_at = created_at - interval '3 days' where id = %s",
        [old["api_key"]["id"]],
    )
    reply = rotated(tenant, old)

    assert reply.status_code == 201, reply.text
    assert reply.json()["api_key"]["expires_at"] == "9999-12-30T00:00:00Z"


def test_a_key_that_has_ended_is_not_rotated(tenant: Tenant) -> None:
    old = made(tenant)
    tenant.call("DELETE", f"/v1/api-keys/{old['api_key']['id']}")

    assert rotated(tenant, old).status_code == 409


def test_nobody_takes_another_persons_key_over(tenant: Tenant) -> None:
    admin = join(tenant, "admin@example.test", role="admin")
    mine, theirs = made(tenant, role="viewer"), made(admin, role="viewer")

    assert told(rotated(admin, mine))["detail"].startswith("This is another person's key")
    assert rotated(tenant, theirs).status_code == 403
    assert rotated(admin, theirs).status_code == 201


def test_nobody_replaces_a_key_that_may_more(tenant: Tenant, key_with: Callable[..., Tenant]) -> None:
    great = made(tenant, role="owner")
    less = key_with(tenant, permissions=["keys:write", "memories:read"])

    assert told(rotated(less, great))["detail"].startswith("This needs the permission *")


def test_a_key_of_another_organization_is_none(tenant: Tenant, other_tenant: Tenant) -> None:
    theirs = made(other_tenant)

    assert rotated(tenant, theirs).status_code == 404
    assert opens(other_tenant, theirs) == 200


def test_its_last_use_is_told_and_not_written_at_each_call(tenant: Tenant, rows: Rows) -> None:
    key = made(tenant, role="viewer")
    listed = [tenant.call("GET", "/v1/api-keys").json()["items"][0]["last_used_at"]]
    uses: list[Any] = []
    for _ in range(3):
        opens(tenant, key)
        uses.append([str(row) for row in rows.of("key_uses", tenant) if str(row["key_id"]) == key["api_key"]["id"]])
    listed.append(tenant.call("GET", "/v1/api-keys").json()["items"][0]["last_used_at"])
    rows.connection.execute("update contextfs.key_uses set last_used_at = last_used_at - interval '6 minutes'")
    opens(tenant, key)

    assert listed[0] is None
    assert listed[1] is not None
    assert uses[0] == uses[1] == uses[2] != []
    assert tenant.call("GET", "/v1/api-keys").json()["items"][0]["last_used_at"] >= listed[1]


def test_a_service_account_has_keys_that_end_with_it(tenant: Tenant) -> None:
    wanted = {"kind": "service", "name": "ci", "role": "viewer", "projects": [str(tenant.project_id)]}
    service = tenant.call("POST", "/v1/admin/users", wanted).json()
    key = made(tenant, user_id=service["id"])
    again = rotated(tenant, key).json()
    listed = tenant.call("GET", f"/v1/api-keys?user_id={service['id']}").json()["items"]
    before = opens(tenant, again)

    tenant.call("DELETE", f"/v1/admin/users/{service['id']}")

    assert (key["api_key"]["user_id"], key["api_key"]["role"]) == (service["id"], "viewer")
    assert [one["id"] for one in listed] == [again["api_key"]["id"], key["api_key"]["id"]]
    assert (before, opens(tenant, key), opens(tenant, again)) == (200, 401, 401)


def test_nobody_makes_a_key_of_a_person_or_without_administering(
    tenant: Tenant, other_tenant: Tenant, key_with: Callable[..., Tenant]
) -> None:
    service = tenant.call("POST", "/v1/admin/users", {"kind": "service", "name": "ci"}).json()
    person = join(tenant, "ann@example.test")
    less = key_with(tenant, permissions=["keys:write", "memories:read"])
    asked = {"name": "k", "permissions": ["memories:read"]}

    statuses = [
        one.call("POST", "/v1/api-keys", asked | {"user_id": user}).status_code
        for one, user in ((tenant, str(person.user_id)), (less, service["id"]), (other_tenant, service["id"]))
    ]

    assert statuses == [404, 403, 404]
