"""PATCH /v1/admin/users/{user_id}."""

from collections.abc import Callable

import pytest

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows
from tests.functions.people import at_once, invite, join, user_path


def test_what_is_left_out_stays(tenant: Tenant, rows: Rows) -> None:
    ann = join(tenant, "ann@example.test", role="member")
    before = tenant.call("GET", user_path(ann)).json()

    after = tenant.call("PATCH", user_path(ann), {"name": "Ann"}).json()

    assert after == before | {"name": "Ann", "updated_at": after["updated_at"]}
    assert "Ann" not in str([row["data"] for row in rows.of("outbox", tenant)])


def test_a_role_leaves_the_reach_as_it_was(tenant: Tenant) -> None:
    projects = [str(tenant.project_id)]
    ann = join(tenant, "ann@example.test", role="member", projects=projects)

    after = tenant.call("PATCH", user_path(ann), {"role": "viewer"}).json()

    assert (after["role"], after["projects"]) == ("viewer", projects)


def test_a_lesser_role_takes_hold_of_the_keys_there_are(tenant: Tenant) -> None:
    ann = join(tenant, "ann@example.test", role="admin")
    before = ann.call("GET", "/v1/admin/users").status_code

    tenant.call("PATCH", user_path(ann), {"role": "viewer"})
    refused = ann.call("GET", "/v1/admin/users")

    assert (before, refused.status_code, ann.call("GET", "/v1/memories").status_code) == (200, 403, 200)
    assert told(refused)["detail"].startswith("This needs the permission users:read")


def test_a_greater_role_gives_no_key_more_than_it_had(tenant: Tenant) -> None:
    ann = join(tenant, "ann@example.test", role="viewer")

    tenant.call("PATCH", user_path(ann), {"role": "admin"})

    assert ann.call("GET", "/v1/admin/users").status_code == 403


def test_whoever_is_suspended_cannot_come_in_until_they_may_again(tenant: Tenant) -> None:
    ann = join(tenant, "ann@example.test", role="member")

    statuses: list[int] = []
    for suspended in (True, False):
        tenant.call("PATCH", user_path(ann), {"suspended": suspended})
        statuses.append(ann.call("GET", "/v1/memories").status_code)

    assert statuses == [401, 200]


def test_a_reach_takes_hold_of_the_keys_there_are(
    tenant: Tenant, second_project: Callable[[Tenant], Tenant], settle_events: Callable[[], int]
) -> None:
    elsewhere = second_project(tenant)
    ann = join(tenant, "ann@example.test", role="member")
    for one, word in ((tenant, "quince"), (elsewhere, "medlar")):
        one.call("POST", "/v1/memories", {"project_id": str(one.project_id), "content": f"A {word} is a fruit."})
    settle_events()

    tenant.call("PATCH", user_path(ann), {"projects": [str(tenant.project_id)]})
    found = [ann.call("POST", "/v1/search", {"query": word}).json()["hits"] for word in ("quince", "medlar")]
    counted = ann.call("POST", "/v1/sql", {"query": "select content from memories"}).json()["rows"]
    written = ann.call("POST", "/v1/memories", {"project_id": str(elsewhere.project_id), "content": "x"})
    nothing = tenant.call("PATCH", user_path(ann), {"projects": []})

    assert [len(hits) for hits in found] == [1, 0]
    assert counted == [["A quince is a fruit."]]
    assert written.status_code == 404
    assert nothing.status_code == 200
    assert ann.call("GET", "/v1/projects").json()["items"] == []


def test_a_key_is_no_way_out_of_a_reach(tenant: Tenant, second_project: Callable[[Tenant], Tenant]) -> None:
    role = {"name": "scribe", "permissions": ["memories:*", "projects:read", "keys:*"]}
    tenant.call("POST", "/v1/admin/roles", role)
    projects = [str(tenant.project_id), str(second_project(tenant).project_id)]
    third = tenant.call("POST", "/v1/projects", {"name": "third"}).json()["id"]
    ann = join(tenant, "ann@example.test", role="scribe", projects=projects)
    asked = {"name": "k", "permissions": ["projects:read"]}
    wide = ann.call("POST", "/v1/api-keys", asked)
    first = ann.call("POST", "/v1/api-keys", asked | {"project_id": projects[0]})
    refused = ann.call("POST", "/v1/api-keys", asked | {"project_id": third})
    narrow = ann.call("POST", "/v1/api-keys", asked | {"project_id": projects[1]})
    seen = [
        sorted(one["id"] for one in tenant.http.get("/v1/projects", headers=_bearer(key)).json()["items"])
        for key in (first.json()["secret"], narrow.json()["secret"])
    ]

    tenant.call("PATCH", user_path(ann), {"projects": projects[:1]})
    left = tenant.http.get("/v1/projects", headers=_bearer(narrow.json()["secret"])).json()["items"]

    assert seen == [projects[:1], projects[1:]]
    assert (wide.status_code, told(wide)["where"]) == (422, "$.project_id")
    assert refused.status_code == 404
    assert left == []


def _bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def test_an_administrator_touches_no_owner(tenant: Tenant) -> None:
    admin = join(tenant, "admin@example.test", role="admin")

    for change in ({"role": "viewer"}, {"suspended": True}, {"name": "Nobody"}):
        reply = admin.call("PATCH", user_path(tenant), change)

        assert reply.status_code == 403
        assert told(reply)["detail"].startswith("This needs the permission *: the other one has it")


@pytest.mark.parametrize("change", [{"role": "admin"}, {"suspended": True}])
def test_the_last_owner_stays_one(change: dict[str, object], tenant: Tenant, rows: Rows) -> None:
    reply = tenant.call("PATCH", user_path(tenant), change)

    assert reply.status_code == 409
    assert "keeps an owner" in told(reply)["detail"]
    assert [row["role"] for row in rows.of("memberships", tenant)] == ["owner"]


def test_two_owners_who_demote_each_other_at_once_leave_one(tenant: Tenant, rows: Rows) -> None:
    other = join(tenant, "other@example.test", role="owner")

    codes = at_once(tenant, other, lambda me, them: me.call("PATCH", user_path(them), {"role": "viewer"}).status_code)

    assert codes[0] == 200
    assert codes[1] in {401, 403, 409}
    assert sorted(row["role"] for row in rows.of("memberships", tenant)) == ["owner", "viewer"]


def test_a_demotion_ends_the_invitations_that_were_made(tenant: Tenant, rows: Rows) -> None:
    ann = join(tenant, "ann@example.test", role="admin")
    invite(ann, "friend@example.test", role="admin")

    tenant.call("PATCH", user_path(ann), {"role": "member"})

    assert [
        row["revoked_at"] is not None for row in rows.of("invitations", tenant) if row["invited_by"] == ann.user_id
    ] == [True]


def test_another_version_is_refused(tenant: Tenant) -> None:
    ann = join(tenant, "ann@example.test")

    reply = tenant.call("PATCH", user_path(ann), {"name": "Ann"}, if_match='"1"')

    assert reply.status_code == 412
