"""GET /v1/admin/model-calls. What makes the rows is tested with the trigger that reads."""

from collections.abc import Callable
from uuid import uuid4

from tests.conftest import Tenant
from tests.functions.conftest import Rows

INSERT = """
insert into contextfs.model_calls
    (org_id, id, at, project_id, model, purpose, subject, upto, state, micros)
values (%s, %s, make_timestamptz(2026, 1, %s, 0, 0, 0), %s, 'm', 'learn', %s, 1, 'done', 1500000)
"""


def test_the_calls_are_read_page_by_page_newest_first(tenant: Tenant, rows: Rows) -> None:
    for number in range(3):
        rows.connection.execute(
            INSERT,
            [tenant.org_id, uuid4(), number + 1, tenant.project_id, uuid4()],
        )

    page = tenant.call("GET", "/v1/admin/model-calls?limit=2").json()
    rest = tenant.call("GET", f"/v1/admin/model-calls?limit=2&cursor={page['next_cursor']}").json()

    assert [one["at"][:10] for one in [*page["items"], *rest["items"]]] == ["2026-01-03", "2026-01-02", "2026-01-01"]
    assert page["items"][0]["dollars"] == 1.5


def test_a_member_may_not_see_what_is_spent(tenant: Tenant, key_with: Callable[..., Tenant]) -> None:
    refused = key_with(tenant, role="member").call("GET", "/v1/admin/model-calls")

    assert (refused.status_code, "usage:read" in refused.json()["detail"]) == (403, True)
