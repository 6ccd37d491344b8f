"""POST /v1/admin/users."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.asking import UNKNOWN, same_but_for_the_request, told
from tests.functions.conftest import Rows
from tests.functions.people import join

PATH = "/v1/admin/users"


def test_a_person_is_added(tenant: Tenant, rows: Rows) -> None:
    project = str(tenant.project_id)
    added = tenant.call("POST", PATH, {"email": "Ann@example.test", "role": "viewer", "projects": [project]})
    known = {row["email"]: row for row in rows.of("memberships", tenant)}

    assert added.status_code == 201
    assert {"kind": "person", "email": "Ann@example.test", "role": "viewer", "projects": [project]}.items() <= (
        added.json().items()
    )
    assert str(known["Ann@example.test"]["user_id"]) == added.json()["id"]
    assert [row["details"] for row in rows.audited(tenant, "user.added")] == [{"role": "viewer", "kind": "person"}]
    assert rows.events(tenant) == ["user.added"]


@pytest.mark.parametrize("email", ["owner@example.test", "OWNER@example.test"])
def test_an_address_is_one_persons(email: str, tenant: Tenant) -> None:
    reply = tenant.call("POST", PATH, {"email": email})

    assert reply.status_code == 409
    assert told(reply)["detail"] == "Somebody with this address is a member already."


def test_an_address_may_be_known_in_another_organization(tenant: Tenant, other_tenant: Tenant) -> None:
    replies = [one.call("POST", PATH, {"email": "ann@example.test"}) for one in (tenant, other_tenant)]

    assert [reply.status_code for reply in replies] == [201, 201]


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ({}, "$.email"),
        ({"kind": "service"}, "$.name"),
        ({"kind": "service", "name": "ci", "email": "ci@example.test"}, "$.email"),
        ({"kind": "service", "name": "ci", "role": "owner"}, "$.role"),
        ({"email": "no address"}, "$.email"),
        ({"email": "a@example.test", "role": "emperor"}, "$.role"),
        ({"email": "a@example.test", "role": "Owner"}, "$.role"),
        ({"email": "a@example.test", "role": "owner", "projects": []}, "$.projects"),
        ({"email": "a@example.test", "org_id": UNKNOWN}, "$"),
    ],
)
def test_what_cannot_be_is_refused(wanted: Any, where: str, tenant: Tenant, rows: Rows) -> None:
    reply = tenant.call("POST", PATH, wanted)

    assert reply.status_code == 422
    assert told(reply)["where"] == where
    assert len(rows.of("memberships", tenant)) == 1


def test_a_foreign_project_is_like_one_that_nobody_has(tenant: Tenant, other_tenant: Tenant) -> None:
    wanted = {"email": "a@example.test", "projects": [str(tenant.project_id)]}
    foreign = tenant.call("POST", PATH, wanted | {"projects": [str(tenant.project_id), str(other_tenant.project_id)]})
    nobodys = tenant.call("POST", PATH, wanted | {"projects": [UNKNOWN]})

    assert foreign.status_code == 404
    assert same_but_for_the_request(foreign, nobodys)


@pytest.mark.parametrize(("role", "status"), [("owner", 403), ("admin", 201), ("member", 201), ("viewer", 201)])
def test_an_administrator_makes_no_owner(role: str, status: int, tenant: Tenant) -> None:
    admin = join(tenant, "admin@example.test", role="admin")

    reply = admin.call("POST", PATH, {"email": "new@example.test", "role": role})

    assert reply.status_code == status
    assert status == 201 or told(reply)["detail"] == (
        "This needs the permission *: nobody gives a role that may more than they."
    )


def test_a_key_of_a_project_administers_nobody(tenant: Tenant, key_with: Callable[..., Tenant]) -> None:
    of_a_project = key_with(tenant, role="owner", project_id=str(tenant.project_id))

    for method, path in (("POST", PATH), ("GET", PATH), ("GET", "/v1/admin/roles"), ("GET", "/v1/admin/invitations")):
        reply = of_a_project.call(method, path, {"email": "a@example.test"} if method == "POST" else None)

        assert reply.status_code == 403
        assert told(reply)["detail"].startswith("This needs all projects of the organization")
