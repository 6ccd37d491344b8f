"""GET /v1/admin/reindex. How it changes while the worker works is tested with its trigger."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.conftest import Rows
from tests.functions.vectors import begin

PATH = "/v1/admin/reindex"


def test_what_serves_and_what_is_built_is_told_in_numbers(
    tenant: Tenant, rows: Rows, settle_events: Callable[[], int]
) -> None:
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "Known."})
    settle_events()
    begin(rows, tenant, "before")
    begin(rows, tenant, "after", 8, state="building")

    told = tenant.call("GET", PATH).json()

    assert [
        (told[state]["generation"]["model"], told[state]["passages"], told[state]["waiting"])
        for state in ("serving", "building")
    ] == [("before", 1, 1), ("after", 1, 1)]
    assert "Known" not in str(told)


def test_a_member_may_not_see_it(tenant: Tenant, key_with: Callable[..., Tenant]) -> None:
    refused = key_with(tenant, role="member").call("GET", PATH)

    assert (refused.status_code, "index:read" in refused.json()["detail"]) == (403, True)
