"""PATCH /v1/admin/roles/{role_id}."""

from tests.conftest import Tenant
from tests.functions.people import join

PATH = "/v1/admin/roles"


def test_who_has_it_may_less_from_the_next_call_on(tenant: Tenant) -> None:
    role = tenant.call("POST", PATH, {"name": "writer", "permissions": ["memories:*", "projects:read"]}).json()
    ann = join(tenant, "ann@example.test", role="writer")
    memory = {"project_id": str(tenant.project_id), "content": "x"}
    before = ann.call("POST", "/v1/memories", memory).status_code

    changed = tenant.call("PATCH", f"{PATH}/{role['id']}", {"permissions": ["memories:read", "projects:read"]})

    assert changed.json()["permissions"] == ["memories:read", "projects:read"]
    assert (before, ann.call("POST", "/v1/memories", memory).status_code) == (201, 403)
    assert ann.call("GET", "/v1/memories").status_code == 200


def test_its_projects_take_hold_too(tenant: Tenant) -> None:
    role = tenant.call("POST", PATH, {"name": "reader", "permissions": ["projects:read"]}).json()
    ann = join(tenant, "ann@example.test", role="reader")
    before = len(ann.call("GET", "/v1/projects").json()["items"])

    tenant.call("PATCH", f"{PATH}/{role['id']}", {"projects": []})

    assert (before, len(ann.call("GET", "/v1/projects").json()["items"])) == (1, 0)


def test_nobody_changes_a_role_that_may_more(tenant: Tenant) -> None:
    great = tenant.call("POST", PATH, {"name": "great", "permissions": ["*"]}).json()
    admin = join(tenant, "admin@example.test", role="admin")

    assert admin.call("PATCH", f"{PATH}/{great['id']}", {"description": "mine"}).status_code == 403
    assert admin.call("DELETE", f"{PATH}/{great['id']}").status_code == 403


def test_nobody_gives_their_own_role_more(tenant: Tenant) -> None:
    chief = tenant.call("POST", PATH, {"name": "chief", "permissions": ["roles:*", "memories:read"]}).json()
    ann = join(tenant, "ann@example.test", role="chief")

    reply = ann.call("PATCH", f"{PATH}/{chief['id']}", {"permissions": ["roles:*", "memories:*"]})

    assert reply.status_code == 403
