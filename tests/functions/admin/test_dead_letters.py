"""GET /v1/admin/dead-letters."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.asking import UNKNOWN, Things
from tests.functions.conftest import Rows, bury


def test_the_newest_comes_first_with_its_error(tenant: Tenant, rows: Rows) -> None:
    ids = [str(bury(rows, tenant, UNKNOWN)) for _ in "ab"]

    page = tenant.call("GET", "/v1/admin/dead-letters?limit=1").json()
    (letter,) = page["items"]
    rest = tenant.call("GET", f"/v1/admin/dead-letters?cursor={page['next_cursor']}").json()

    assert [letter["id"], rest["items"][0]["id"]] == ids[::-1]
    assert (letter["consumer"], letter["error"], letter["attempts"]) == ("triggers.index_memory", "Invalid: seeded", 8)
    assert (letter["event"]["type"], letter["replayed_at"]) == ("memory.created", None)


def test_letters_of_others_are_not_shown(
    tenant: Tenant, other_tenant: Tenant, things: Things, second_project: Callable[[Tenant], Tenant]
) -> None:
    for stranger in (other_tenant, second_project(tenant)):
        assert stranger.call("GET", "/v1/admin/dead-letters").json()["items"] == []
