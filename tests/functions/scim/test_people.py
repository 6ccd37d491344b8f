"""Who the directory tells of is a member; who it takes back is none, with the next request."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.auth.browser import Browser
from tests.functions.auth.conftest import SetUp
from tests.functions.auth.provider import Provider
from tests.functions.conftest import Rows, wait_until
from tests.functions.scim.conftest import Directory

INACTIVE = {"op": "Replace", "path": "active", "value": "False"}
"""As Entra ID sends it."""
ACTIVE = {"op": "replace", "value": {"active": True}}
"""As Okta sends it."""


def members(rows: Rows, tenant: Tenant) -> dict[str, str]:
    return {row["email"]: row["role"] for row in rows.of("memberships", tenant) if row["role"] != "owner"}


def test_a_user_becomes_a_member_with_an_address_and_a_name(tenant: Tenant, directory: Directory, rows: Rows) -> None:
    emails = [{"value": "other@acme.example"}, {"value": "Ann@Acme.example", "primary": True}]
    user = directory.add("ann", emails=emails, name={"givenName": "Ann", "familyName": "Lee"}, password="hunter2")
    directory.patch(f"/Users/{user}", {"op": "replace", "path": "displayName", "value": "Ann Lee-Ray"})

    row = next(row for row in rows.of("memberships", tenant) if row["role"] != "owner")
    assert (row["email"], row["name"], row["role"]) == ("ann@acme.example", "Ann Lee-Ray", "member")
    assert "hunter2" not in str(rows.of("scim_resources", tenant)), "a password is not ours to keep"
    assert {row["action"] for row in rows.of("audit_log", tenant)} >= {"directory.changed"}


@pytest.mark.parametrize("how", ["inactive", "deleted"])
def test_who_is_taken_back_is_out_at_once(
    how: str, tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp, directory: Directory, rows: Rows
) -> None:
    set_up(tenant)
    user = directory.add("ann@acme.example")
    browser.come_back(provider.consent(browser.begin(tenant.org_id).headers["location"]))
    member = next(row for row in rows.of("memberships", tenant) if row["role"] != "owner")
    key = tenant.call("POST", "/v1/api-keys", {"name": "theirs", "role": "member"}).json()
    rows.connection.execute(
        "update contextfs.api_keys set user_id = %s where id = %s", [member["user_id"], key["api_key"]["id"]]
    )
    theirs = replace(tenant, key=key["secret"])
    before = browser.get("/v1/auth/me").status_code, theirs.call("GET", "/v1/memories").status_code

    gone = directory.patch(f"/Users/{user}", INACTIVE) if how == "inactive" else directory("DELETE", f"/Users/{user}")
    after = browser.get("/v1/auth/me").status_code, theirs.call("GET", "/v1/memories").status_code

    assert gone.status_code in {200, 204}
    assert (before, after) == ((200, 200), (401, 401))
    assert members(rows, tenant) == {}


def test_who_is_inactive_does_not_sign_in_again_and_comes_back_as_who_they_were(
    tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp, directory: Directory, rows: Rows
) -> None:
    set_up(tenant)
    user = directory.add("ann@acme.example")
    member = next(row for row in rows.of("memberships", tenant) if row["role"] != "owner")["user_id"]
    rows.connection.execute("update contextfs.memberships set role = 'admin' where user_id = %s", [member])
    directory.patch(f"/Users/{user}", INACTIVE)
    refused = browser.come_back(provider.consent(browser.begin(tenant.org_id).headers["location"]))
    without = members(rows, tenant)

    directory.patch(f"/Users/{user}", ACTIVE)
    back = next(row for row in rows.of("memberships", tenant) if row["user_id"] == member)

    assert (refused.status_code, without) == (403, {})
    assert back["role"] == "admin"
    assert browser.come_back(provider.consent(browser.begin(tenant.org_id).headers["location"])).status_code == 303


def test_the_last_owner_stays(tenant: Tenant, directory: Directory, rows: Rows) -> None:
    user = directory.add("owner@example.test")

    refused = directory.patch(f"/Users/{user}", INACTIVE)
    deleted = directory("DELETE", f"/Users/{user}")

    assert (refused.status_code, deleted.status_code) == (403, 403)
    assert directory("GET", f"/Users/{user}").json().get("active") is not False
    assert tenant.call("GET", "/v1/auth/me").status_code == 200


def test_groups_give_roles_and_take_them(tenant: Tenant, directory: Directory, set_up: SetUp, rows: Rows) -> None:
    set_up(tenant, group_roles={"Ops": "admin"}, default_role="viewer")
    user = directory.add("ann@acme.example")
    seen = [members(rows, tenant)]
    group = directory.group("Staff", user)
    seen.append(members(rows, tenant))
    directory.patch(f"/Groups/{group}", {"op": "replace", "path": "displayName", "value": "Ops"})
    seen.append(members(rows, tenant))
    directory.patch(f"/Groups/{group}", {"op": "remove", "path": f'members[value eq "{user}"]'})
    seen.append(members(rows, tenant))
    directory.patch(f"/Groups/{group}", {"op": "Add", "path": "members", "value": [{"value": user}]})
    seen.append(members(rows, tenant))
    directory("DELETE", f"/Groups/{group}")
    seen.append(members(rows, tenant))

    assert [one["ann@acme.example"] for one in seen] == ["viewer", "viewer", "admin", "viewer", "admin", "viewer"]


def test_two_users_are_never_one_member(directory: Directory, tenant: Tenant, rows: Rows) -> None:
    directory.add("ann", emails=[{"value": "ann@acme.example"}])
    told: Any = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ann2"}

    same_address = directory("POST", "/Users", told | {"emails": [{"value": "ANN@acme.example"}]})
    same_name = directory("POST", "/Users", told | {"userName": "ANN"})

    assert [(one.status_code, one.json()["scimType"]) for one in (same_address, same_name)] == [(409, "uniqueness")] * 2
    assert len(rows.of("scim_resources", tenant)) == 1


def test_at_the_same_time_a_name_is_taken_once(directory: Directory, tenant: Tenant, rows: Rows) -> None:
    told = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ann@acme.example"}

    def add(_: int) -> int:
        return directory("POST", "/Users", told).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(add, range(8)))

    assert statuses == [201, *[409] * 7]
    assert list(members(rows, tenant)) == ["ann@acme.example"]


def test_another_organizations_people_are_not_there(
    directory: Directory, other_tenant: Tenant, tenant: Tenant, rows: Rows
) -> None:
    user = directory.add("ann@acme.example")
    stranger = Directory(other_tenant)
    before = str(rows.of("scim_resources", tenant))
    unknown = "0190ffff-ffff-7fff-bfff-ffffffffffff"

    for one in (user, unknown):
        replies = [
            *(stranger("GET", f"/Users/{one}"), stranger("DELETE", f"/Users/{one}")),
            stranger.patch(f"/Users/{one}", INACTIVE),
        ]
        assert [reply.status_code for reply in replies] == [404, 404, 404]
    assert stranger("GET", '/Users?filter=userName eq "ann@acme.example"').json()["totalResults"] == 0
    assert before == str(rows.of("scim_resources", tenant))
    assert stranger.add("ann@acme.example") != user


def test_a_version_that_is_not_the_last_one_is_refused(directory: Directory) -> None:
    user = directory.add()
    version = directory("GET", f"/Users/{user}").headers["etag"]
    change = {"op": "replace", "path": "title", "value": "Boss"}

    first = directory.patch(f"/Users/{user}", change, if_match=version)
    stale = directory.patch(f"/Users/{user}", change | {"value": "Clerk"}, if_match=version)

    assert (first.status_code, stale.status_code) == (204, 412)


def test_a_version_that_is_overtaken_meanwhile_is_refused(directory: Directory, tenant: Tenant, rows: Rows) -> None:
    """Two write at once, each over the version that both have read: the second one is told."""
    user = directory.add()
    version = directory("GET", f"/Users/{user}").headers["etag"]
    with ThreadPoolExecutor(1) as pool:
        with rows.connection.transaction():
            rows.connection.execute("update contextfs.scim_resources set version = version + 1 where id = %s", [user])
            change = {"op": "replace", "path": "title", "value": "Clerk"}
            late = pool.submit(directory.patch, f"/Users/{user}", change, if_match=version)
            wait_until(lambda: rows.waiting_for(rows.connection.info.backend_pid))
        status = late.result().status_code

    assert status == 412
    assert "Clerk" not in str(rows.of("scim_resources", tenant))


def test_in_bulk_what_fails_is_taken_back_alone(directory: Directory, tenant: Tenant, rows: Rows) -> None:
    def add(number: int, name: str) -> Any:
        told = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name}
        return {"method": "POST", "path": "/Users", "bulkId": f"b{number}", "data": told}

    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [add(1, "a@acme.example"), add(2, "A@acme.example"), add(3, "b@acme.example")],
    }
    reply = directory("POST", "/Bulk", body)

    assert [one["status"] for one in reply.json()["Operations"]] == ["201", "409", "201"]
    assert sorted(members(rows, tenant)) == ["a@acme.example", "b@acme.example"]


@pytest.mark.parametrize(
    ("operation", "attribute", "expected"),
    [
        ({"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+1"}, "phoneNumbers", "+1"),
        ({"op": "Add", "path": 'emails[type eq "work"].value', "value": "w@acme.example"}, "emails", "w@acme.example"),
    ],
)
def test_entra_adds_to_what_is_not_there_yet(
    operation: Any, attribute: str, expected: str, directory: Directory
) -> None:
    user = directory.add()

    reply = directory.patch(f"/Users/{user}", operation)

    assert reply.status_code == 204, reply.text
    assert [one["value"] for one in directory("GET", f"/Users/{user}").json()[attribute]] == [expected]


def test_entra_removes_members_by_a_list(directory: Directory) -> None:
    users = [directory.add(f"u{number}@acme.example") for number in range(3)]
    group = directory.group("Staff", *users)
    listed = [{"value": user} for user in users[:2]]

    reply = directory.patch(f"/Groups/{group}", {"op": "Remove", "path": "members", "value": listed})

    assert reply.status_code in {200, 204}
    assert [one["value"] for one in directory("GET", f"/Groups/{group}").json()["members"]] == users[2:]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/Users", None),
        ("POST", "/Users", []),
        ("POST", "/Users", {"schemas": []}),
        ("POST", "/Users", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "a\0b"}),
        ("PATCH", "/Users/x", {"Operations": 1}),
        ("GET", "/Users?filter=userName eq", None),
        ("GET", "/Users/' or 1=1", None),
        ("GET", "/Nothing", None),
        ("PUT", "/Users", {}),
    ],
)
def test_bad_input_is_told_in_scims_own_words(method: str, path: str, body: Any, directory: Directory) -> None:
    reply = directory(method, path, body)

    assert 400 <= reply.status_code < 500
    assert reply.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
