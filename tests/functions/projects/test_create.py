"""POST /v1/projects."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.asking import UNKNOWN, told
from tests.functions.conftest import Rows


def test_a_project_is_stored(tenant: Tenant, rows: Rows) -> None:
    body = {"name": "shop", "description": "D", "metadata": {"a": 1}}

    reply = tenant.call("POST", "/v1/projects", body)
    project = reply.json()

    assert reply.status_code == 201
    assert body.items() <= project.items()
    assert tenant.call("GET", f"/v1/projects/{project['id']}").headers["etag"] == reply.headers["etag"]
    assert [str(audit["subject"]) for audit in rows.audited(tenant, "project.created")] == [project["id"]]
    assert rows.events(tenant) == ["project.created"]


def test_a_name_and_an_id_are_taken_once_in_an_organization(tenant: Tenant, other_tenant: Tenant, rows: Rows) -> None:
    first = tenant.call("POST", "/v1/projects", {"name": "Shop", "id": UNKNOWN})
    same_name = tenant.call("POST", "/v1/projects", {"name": "sHOP"})
    same_id = tenant.call("POST", "/v1/projects", {"name": "other", "id": UNKNOWN})
    theirs = other_tenant.call("POST", "/v1/projects", {"name": "Shop", "id": UNKNOWN})

    assert first.json()["id"] == theirs.json()["id"] == UNKNOWN
    assert (same_name.status_code, same_id.status_code) == (409, 409)
    assert told(same_name)["detail"].startswith("A project of this name exists already")
    assert told(same_id)["detail"] == "A project with this id exists already."
    assert len(rows.audited(tenant, "project.created")) == len(rows.events(tenant)) == 1


def test_a_key_of_one_project_cannot_make_another(tenant: Tenant, second_project: Callable[[Tenant], Tenant]) -> None:
    reply = second_project(tenant).call("POST", "/v1/projects", {"name": "third"})

    assert reply.status_code == 403
    assert len(tenant.call("GET", "/v1/projects").json()["items"]) == 2
