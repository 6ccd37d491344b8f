"""Of the OWASP API Security Top 10 (2023), what no other test names: see docs/guides/security.md for all ten."""

import msgspec
import pytest

from contextfs.kit.page import Page
from contextfs.runtime.door.binding import bind
from contextfs.runtime.openapi.replies import is_page
from contextfs.runtime.table import INVITED, PUBLIC, Route
from tests.conftest import Tenant
from tests.functions.asking import ALONE, ROUTES, UNKNOWN, WITH_BODY, Things, body_of, path_of, told
from tests.functions.conftest import Rows

LISTS = [route for route in ROUTES if route.method == "GET" and is_page(bind(route).reply_type)]
OWN = ("org_id", "created_by", "author_id", "author_kind", "actor", "version", "stored_at", "all_projects")
"""What the server says of things, and nobody else."""


@pytest.mark.parametrize(
    "route", [route for route in WITH_BODY if route.needs != INVITED], ids=lambda route: route.name
)
def test_api3_a_body_does_not_set_what_is_the_servers_own(
    route: Route, standing: Tenant, standing_things: Things, rows: Rows
) -> None:
    before = rows.everything(standing)
    for name in OWN:
        body = body_of(route, standing.project_id) | {name: UNKNOWN}
        reply = standing.call(route.method, path_of(route, standing_things), body)

        assert reply.status_code == 422, (name, reply.text)
        assert told(reply)["where"].startswith("$"), name
    assert rows.everything(standing) == before


@pytest.mark.parametrize("route", LISTS, ids=lambda route: route.name)
def test_api4_no_list_is_given_whole(route: Route, standing: Tenant, standing_things: Things) -> None:
    path = path_of(route, standing_things)
    separator = "&" if "?" in path else "?"
    few = standing.call("GET", f"{path}{separator}limit=1")

    assert few.status_code == 200, few.text
    assert len(msgspec.json.decode(few.content, type=Page[object]).items) <= 1
    assert standing.call("GET", f"{path}{separator}limit=201").status_code == 422


def test_api4_every_route_takes_of_an_allowance_but_those_that_balancers_ask() -> None:
    free = {route.name for route in ROUTES if not route.cost}

    assert free == {"system.health", "system.live", "system.ready"}


@pytest.mark.parametrize("route", ALONE, ids=lambda route: route.name)
def test_api8_no_reply_is_for_another_site_or_a_shared_cache(
    route: Route, standing: Tenant, standing_things: Things
) -> None:
    path = path_of(route, standing_things) if route.needs != INVITED else route.path
    reply = standing.http.request(route.method, path, headers={"origin": "https://evil.example"})

    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] in ({"no-cache"} if route.needs == PUBLIC else {"no-store"})
    assert not [name for name in reply.headers if name.startswith("access-control-") or name == "server"]
