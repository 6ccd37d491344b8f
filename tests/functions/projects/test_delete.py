"""DELETE /v1/projects/{project_id}."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.asking import Things
from tests.functions.conftest import Rows


def test_it_goes_with_all_that_is_in_it(
    tenant: Tenant, things: Things, rows: Rows, settle_events: Callable[[], int], key_with: Callable[..., Tenant]
) -> None:
    inside = key_with(tenant, role="owner", project_id=things.project_id)
    path = f"/v1/projects/{things.project_id}"
    tenant.call("POST", f"/v1/sessions/{things.session_id}/messages", {"messages": [{"role": "user", "content": "x"}]})
    settle_events()

    reply = tenant.call("DELETE", path)
    events = rows.events(tenant)
    settle_events()

    assert (reply.status_code, reply.content) == (204, b"")
    assert tenant.call("GET", path).status_code == 404
    for table in ("projects", "sessions", "messages", "memories", "revisions", "passages"):
        assert rows.of(table, tenant) == [], table
    assert inside.call("GET", "/v1/projects").status_code == 401
    assert [str(audit["subject"]) for audit in rows.audited(tenant, "project.deleted")] == [things.project_id]
    assert events == ["project.deleted"]


def test_a_stale_version_deletes_nothing(tenant: Tenant) -> None:
    path = f"/v1/projects/{tenant.project_id}"

    assert tenant.call("DELETE", path, if_match='"stale"').status_code == 412
    assert tenant.call("GET", path).status_code == 200


def test_other_projects_stay(tenant: Tenant, things: Things, second_project: Callable[[Tenant], Tenant]) -> None:
    stranger = second_project(tenant)
    tenant.call("DELETE", f"/v1/projects/{stranger.project_id}")

    assert tenant.call("GET", f"/v1/memories/{things.memory_id}").status_code == 200
