"""GET /v1/sync/status."""

from tests.conftest import Tenant
from tests.functions.asking import Things, told


def test_it_tells_the_position_that_a_pull_reaches(tenant: Tenant) -> None:
    path = f"/v1/sync/status?project_id={tenant.project_id}"
    positions = [tenant.call("GET", path).json()["position"]]
    for content in ("One.", "Two."):
        tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": content})
        positions.append(tenant.call("GET", path).json()["position"])

    assert positions == [0, 1, 2]


def test_a_foreign_project_is_not_found(other_tenant: Tenant, things: Things) -> None:
    reply = other_tenant.call("GET", f"/v1/sync/status?project_id={things.project_id}")

    assert (reply.status_code, "project" in told(reply)["detail"]) == (404, True)
