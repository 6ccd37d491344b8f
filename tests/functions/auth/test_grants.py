"""GET /v1/auth/grants."""

from collections.abc import Callable

from contextfs.runtime.openapi.examples import BODIES
from tests.conftest import Tenant

NEW = dict(BODIES["auth.grant"])


def test_one_sees_the_programs_that_one_let_in_newest_first(
    tenant: Tenant, other_tenant: Tenant, colleague: Callable[[Tenant], Tenant]
) -> None:
    for caller, name in ((tenant, "first"), (tenant, "second"), (other_tenant, "foreign")):
        caller.call("POST", "/v1/auth/grants", NEW | {"client_name": name})
    first = tenant.call("GET", "/v1/auth/grants?limit=1").json()
    rest = tenant.call("GET", f"/v1/auth/grants?cursor={first['next_cursor']}").json()

    assert ["second", "first"] == [one["client_name"] for one in first["items"] + rest["items"]]
    assert {"http://127.0.0.1:8420/mcp"} == {one["resource"] for one in rest["items"]}
    assert [] == colleague(tenant).call("GET", "/v1/auth/grants").json()["items"]
