"""GET /v1/exports."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.conftest import Rows


def test_ones_own_are_listed_newest_first_and_in_pages(tenant: Tenant, settle_events: Callable[[], int]) -> None:
    made: list[str] = []
    for _ in range(3):
        made.insert(0, tenant.call("POST", "/v1/exports", {}).json()["id"])
        settle_events()

    first = tenant.call("GET", "/v1/exports?limit=2").json()
    second = tenant.call("GET", f"/v1/exports?limit=2&cursor={first['next_cursor']}").json()

    assert made == [one["id"] for one in (*first["items"], *second["items"])]
    assert second["next_cursor"] is None


def test_a_colleagues_are_not(tenant: Tenant, colleague: Callable[[Tenant], Tenant], rows: Rows) -> None:
    tenant.call("POST", "/v1/exports", {})
    theirs = colleague(tenant)
    for change in (
        "update contextfs.memberships set role = 'admin' where org_id = %s and user_id = %s",
        "update contextfs.api_keys set role = 'admin', permissions = '{*}' where org_id = %s and user_id = %s",
    ):
        rows.connection.execute(change, [tenant.org_id, theirs.user_id])

    assert theirs.call("GET", "/v1/exports").json()["items"] == []
