"""POST /v1/admin/roles."""

from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows
from tests.functions.people import join

PATH = "/v1/admin/roles"
SCIENTIST = {"name": "data_scientist", "permissions": ["memories:*", "sessions:read", "projects:read"]}


def test_a_role_allows_what_it_says_and_nothing_else(tenant: Tenant) -> None:
    made = tenant.call("POST", PATH, SCIENTIST)
    ann = join(tenant, "ann@example.test", role="data_scientist")
    memory = {"project_id": str(tenant.project_id), "content": "x"}
    session = {"project_id": str(tenant.project_id), "tool": "test"}

    assert made.status_code == 201
    assert ann.call("POST", "/v1/memories", memory).status_code == 201
    assert ann.call("GET", "/v1/sessions").status_code == 200
    assert told(ann.call("POST", "/v1/sessions", session))["detail"].startswith(
        "This needs the permission sessions:write"
    )


def test_a_roles_projects_and_a_members_are_both_kept(tenant: Tenant) -> None:
    ids = [tenant.call("POST", "/v1/projects", {"name": name}).json()["id"] for name in "abc"]
    tenant.call("POST", PATH, SCIENTIST | {"projects": ids[:2]})
    ann = join(tenant, "ann@example.test", role="data_scientist")
    ben = join(tenant, "ben@example.test", role="data_scientist", projects=ids[1:])
    seen = [
        sorted(project["name"] for project in one.call("GET", "/v1/projects").json()["items"]) for one in (ann, ben)
    ]

    assert seen == [["a", "b"], ["b"]]


@pytest.mark.parametrize("permissions", [["*"], ["memories:read", "audit:*"], ["keys:write"]])
def test_nobody_makes_a_role_that_may_more(permissions: list[str], tenant: Tenant) -> None:
    tenant.call("POST", PATH, {"name": "chief", "permissions": ["roles:*", "memories:*", "users:*"]})
    chief = join(tenant, "chief@example.test", role="chief")

    reply = chief.call("POST", PATH, {"name": "more", "permissions": permissions})

    assert reply.status_code == 403
    assert told(reply)["detail"] == (
        f"This needs the permission {permissions[-1]}: nobody makes a role that may more than they."
    )


@pytest.mark.parametrize(
    "wanted",
    [
        {"name": "owner"},
        {"name": "admin"},
        {"name": "Data Scientist"},
        {"name": "x", "permissions": ["memories:fly"]},
        {"name": "x", "permissions": ["memories:*:all"]},
        {"name": ""},
    ],
)
def test_what_cannot_be_is_refused(wanted: Any, tenant: Tenant, rows: Rows) -> None:
    reply = tenant.call("POST", PATH, {"permissions": []} | wanted)

    assert reply.status_code == 422
    assert rows.of("custom_roles", tenant) == []


def test_a_name_is_taken_once_in_an_organization(tenant: Tenant, other_tenant: Tenant) -> None:
    replies = [one.call("POST", PATH, SCIENTIST).status_code for one in (tenant, tenant, other_tenant)]

    assert replies == [201, 409, 201]


def test_a_role_of_another_organization_is_none(tenant: Tenant, other_tenant: Tenant) -> None:
    other_tenant.call("POST", PATH, SCIENTIST)
    wanted = {"email": "a@example.test"}
    foreign = tenant.call("POST", "/v1/admin/users", wanted | {"role": "data_scientist"})
    nobodys = tenant.call("POST", "/v1/admin/users", wanted | {"role": "nobodys"})

    assert foreign.status_code == 422
    assert told(foreign)["detail"] == told(nobodys)["detail"]
