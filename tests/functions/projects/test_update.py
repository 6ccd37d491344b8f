"""PATCH /v1/projects/{project_id}."""

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows


def test_what_is_named_changes_and_all_else_stays(tenant: Tenant, rows: Rows) -> None:
    path = f"/v1/projects/{tenant.project_id}"
    before = tenant.call("GET", path)

    reply = tenant.call("PATCH", path, {"description": "D"})

    assert reply.status_code == 200
    assert reply.json() == before.json() | {"description": "D", "updated_at": reply.json()["updated_at"]}
    assert reply.headers["etag"] != before.headers["etag"]
    assert [audit["subject"] for audit in rows.audited(tenant, "project.updated")] == [tenant.project_id]
    assert rows.events(tenant) == ["project.updated"]
    assert [row["description"] for row in rows.of("projects_history", tenant)] == [None]


def test_a_stale_version_changes_nothing(tenant: Tenant, rows: Rows) -> None:
    path = f"/v1/projects/{tenant.project_id}"

    assert tenant.call("PATCH", path, {"description": "D"}, if_match='"stale"').status_code == 412
    assert tenant.call("GET", path).json()["description"] is None
    assert rows.events(tenant) == []


def test_a_name_that_is_taken_is_refused(tenant: Tenant) -> None:
    tenant.call("POST", "/v1/projects", {"name": "shop"})

    reply = tenant.call("PATCH", f"/v1/projects/{tenant.project_id}", {"name": "SHOP"})

    assert reply.status_code == 409
    assert told(reply)["detail"].startswith("A project of this name exists already")


def test_what_a_project_wants_taken_out_is_not_stored_from_then_on(tenant: Tenant, other_tenant: Tenant) -> None:
    said = "mara.lindqvist@fjordmail.no pays with 4242 4242 4242 4242, call +49 30 1234567"
    wanted = tenant.call("PATCH", f"/v1/projects/{tenant.project_id}", {"personal": ["email", "phone"]})

    def kept(of: Tenant) -> str:
        new = {"project_id": str(of.project_id), "type": "fact", "content": said}
        return of.call("POST", "/v1/memories", new).json()["memory"]["content"]

    assert (200, ["email", "phone"]) == (wanted.status_code, wanted.json()["personal"])
    assert "[redacted:email:" in (chosen := kept(tenant))
    assert ("4242 4242 4242 4242" in chosen, "+49" in chosen) == (True, False)
    assert "mara.lindqvist@fjordmail.no pays with [redacted:card:" in (usual := kept(other_tenant))
    assert "+49 30 1234567" in usual


def test_a_class_that_is_not_known_is_refused(tenant: Tenant) -> None:
    reply = tenant.call("PATCH", f"/v1/projects/{tenant.project_id}", {"personal": ["names"]})

    assert 422 == reply.status_code
    assert "personal" in told(reply)["detail"] + str(told(reply))
