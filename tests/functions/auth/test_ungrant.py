"""DELETE /v1/auth/grants/{grant_id}."""

from collections.abc import Callable

from contextfs.runtime.openapi.examples import BODIES
from tests.conftest import Tenant
from tests.functions.conftest import Rows


def test_a_grant_is_taken_back_by_its_person_alone(
    tenant: Tenant, colleague: Callable[[Tenant], Tenant], rows: Rows
) -> None:
    grant = tenant.call("POST", "/v1/auth/grants", dict(BODIES["auth.grant"])).json()["id"]
    path = f"/v1/auth/grants/{grant}"
    theirs = colleague(tenant).call("DELETE", path).status_code
    before = tenant.call("GET", "/v1/auth/grants").json()["items"]
    mine = tenant.call("DELETE", path).status_code

    assert (404, 1, 204) == (theirs, len(before), mine)
    assert [] == tenant.call("GET", "/v1/auth/grants").json()["items"]
    assert [grant] == [str(one["subject"]) for one in rows.audited(tenant, "grant.ended")]
