"""However much is written in a project, it is noted once for each reader."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.conftest import Rows


def test_many_writes_are_one_note(tenant: Tenant, rows: Rows, settle_events: Callable[[], int]) -> None:
    for number in range(3):
        tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": f"Fact {number}."})
    settle_events()
    [note] = rows.of("consolidations", tenant)

    assert (note["project_id"], note["reader"]) == (tenant.project_id, tenant.user_id)
