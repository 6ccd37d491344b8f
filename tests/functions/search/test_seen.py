"""Searches and queries narrowed by who may see a thing, and by how sensitive it is."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from tests.conftest import Tenant

Settle = Callable[[], int]
Marks = tuple[str, str | None]

PATHS = ("/v1/search", "/v1/search/hybrid", "/v1/search/graph")
VISIBILITIES = ("private", "project", "organization")
SENSITIVITIES = (None, "public", "internal", "confidential", "restricted")
FILTERS: list[dict[str, Any]] = [
    {},
    {"visibility": ["private"]},
    {"visibility": ["project", "organization"]},
    {"sensitivity": ["restricted"]},
    {"sensitivity": ["public", "internal", "confidential", "restricted"]},
    {"visibility": ["organization", "private"], "sensitivity": ["internal", "public"]},
]


def marked(visibility: str, sensitivity: str | None) -> dict[str, Any]:
    return {"visibility": visibility, "sensitivity": sensitivity}


def remember(tenant: Tenant, content: str, **more: Any) -> str:
    body = {"project_id": str(tenant.project_id), "content": content, **more}
    reply = tenant.call("POST", "/v1/memories", body)
    assert reply.status_code == 201, reply.text
    return reply.json()["memory"]["id"]


def say(tenant: Tenant, *texts: str, **more: Any) -> str:
    messages = [{"role": "user", "content": text} for text in texts]
    body = {"project_id": str(tenant.project_id), "tool": "test", "messages": messages, **more}
    reply = tenant.call("POST", "/v1/sessions", body)
    assert reply.status_code == 201, reply.text
    return reply.json()["session"]["id"]


def found(tenant: Tenant, query: str, path: str = PATHS[1], **more: Any) -> set[str]:
    reply = tenant.call("POST", path, {"query": query, "limit": 100, **more})
    assert reply.status_code == 200, reply.text
    return {hit["session_id"] or hit["id"] for hit in reply.json()["hits"]}


def wanted(shelf: dict[str, Marks], bounds: dict[str, Any]) -> set[str]:
    """Give what passes, the plain way."""
    return {
        one
        for one, (visibility, sensitivity) in shelf.items()
        if visibility in bounds.get("visibility", VISIBILITIES)
        and sensitivity in bounds.get("sensitivity", SENSITIVITIES)
    }


@pytest.fixture
def shelf(tenant: Tenant, settle_events: Settle) -> dict[str, Marks]:
    """Give memories and sessions of every kind, each with what it is marked with."""
    made: dict[str, Marks] = {}
    for number, marks in enumerate(product(VISIBILITIES, SENSITIVITIES)):
        made[remember(tenant, f"Heron number {number} nests in psql.", **marked(*marks))] = marks
        if number % 2:
            made[say(tenant, f"I saw heron {number} at pond {number}.", "Me too.", **marked(*marks))] = marks
    settle_events()
    return made


@pytest.mark.parametrize("path", PATHS)
def test_nothing_outside_of_the_filters_is_found_and_all_within(
    path: str, tenant: Tenant, shelf: dict[str, Marks]
) -> None:
    replies = [found(tenant, "heron", path, **bounds) for bounds in FILTERS]

    assert [wanted(shelf, bounds) for bounds in FILTERS] == replies


def test_operators_do_the_same_and_what_is_given_goes_before_them(tenant: Tenant, shelf: dict[str, Marks]) -> None:
    internal: dict[str, Any] = {"sensitivity": ["internal"]}
    secret = {"visibility": ["private"], "sensitivity": ["restricted"]}

    assert wanted(shelf, internal) == found(tenant, "heron sensitivity:internal")
    assert wanted(shelf, secret) == found(tenant, "heron visibility:private SENSITIVITY:Restricted")
    assert wanted(shelf, secret) == found(tenant, "visibility:private sensitivity:restricted")
    assert wanted(shelf, {"visibility": ["private", "project"]}) == found(
        tenant, "heron visibility:private visibility:project"
    )
    assert wanted(shelf, internal) == found(tenant, "heron sensitivity:public", **internal)


def test_a_walk_over_the_graph_comes_to_nothing_outside_of_the_filters(tenant: Tenant, settle_events: Settle) -> None:
    named = remember(tenant, "Sessions are kept in Redis.", sensitivity="public")
    beside = remember(tenant, "Redis is restarted by cron.", sensitivity="restricted")
    unmarked = remember(tenant, "Redis listens on port 6379.")
    settle_events()

    assert {named, beside, unmarked} == found(tenant, "where are sessions kept", PATHS[2])
    assert {named} == found(tenant, "where are sessions kept", PATHS[2], sensitivity=["public"])
    assert {named, unmarked} >= found(tenant, "Redis visibility:project sensitivity:public", PATHS[2])


def test_a_new_mark_is_heeded_once_it_is_taken_in(tenant: Tenant, settle_events: Settle) -> None:
    memory = remember(tenant, "The heron is shy.", sensitivity="public")
    session = say(tenant, "A heron stood there.", visibility="project", sensitivity="public")
    for path in (f"/v1/memories/{memory}", f"/v1/sessions/{session}"):
        assert tenant.call("PATCH", path, {"sensitivity": "restricted"}).status_code == 200
    settle_events()

    assert set() == found(tenant, "heron", sensitivity=["public"])
    assert {memory, session} == found(tenant, "heron", sensitivity=["restricted"])


@pytest.mark.parametrize("path", PATHS[:2])
def test_in_the_past_marks_are_those_of_then(path: str, tenant: Tenant, settle_events: Settle) -> None:
    body = {"project_id": str(tenant.project_id), "content": "The heron is shy.", "sensitivity": "public"}
    memory = tenant.call("POST", "/v1/memories", body).json()["memory"]
    change = {"sensitivity": "restricted", "visibility": "organization"}
    tenant.call("PATCH", f"/v1/memories/{memory['id']}", change)
    settle_events()
    then = {"as_of": memory["updated_at"]}

    assert {memory["id"]} == found(tenant, "heron", path, sensitivity=["public"], visibility=["project"], **then)
    assert set() == found(tenant, "heron", path, sensitivity=["restricted"], **then)
    assert set() == found(tenant, "heron", path, visibility=["organization"], **then)


def test_filters_open_nothing_to_others(
    tenant: Tenant,
    other_tenant: Tenant,
    second_project: Callable[[Tenant], Tenant],
    colleague: Callable[[Tenant], Tenant],
    shelf: dict[str, Marks],
) -> None:
    theirs = colleague(tenant)

    for path, bounds in product(PATHS, FILTERS):
        shared = {one for one in wanted(shelf, bounds) if shelf[one][0] != "private"}
        assert shared == found(theirs, "heron", path, **bounds)
    for stranger, bounds in product((other_tenant, second_project(tenant)), FILTERS):
        assert set() == found(stranger, "heron", **bounds)
        assert [] == stranger.call("POST", "/v1/query", bounds).json()["items"]


def test_a_query_gives_what_is_marked_so(tenant: Tenant, shelf: dict[str, Marks]) -> None:
    memories = {item["id"] for item in tenant.call("POST", "/v1/query", {"limit": 100}).json()["items"]}
    replies = [tenant.call("POST", "/v1/query", {"limit": 100, **bounds}).json()["items"] for bounds in FILTERS]

    assert [wanted(shelf, bounds) & memories for bounds in FILTERS] == [{one["id"] for one in each} for each in replies]


@pytest.mark.parametrize("path", [*PATHS, "/v1/query"])
@pytest.mark.parametrize("name", ["visibility", "sensitivity"])
@pytest.mark.parametrize("value", [[], ["secret"], ["PRIVATE"], "private", [None], {"is": "private"}])
def test_what_can_be_no_mark_is_refused_and_the_place_is_named(
    path: str, name: str, value: Any, tenant: Tenant
) -> None:
    body = {name: value} if path == "/v1/query" else {"query": "heron", name: value}
    reply = tenant.call("POST", path, body)

    assert 422 == reply.status_code
    assert reply.json()["where"].startswith(f"$.{name}")


def test_an_operator_with_a_word_that_is_no_mark_is_searched_for(tenant: Tenant, settle_events: Settle) -> None:
    told = remember(tenant, "sensitivity:secret is no word of ours.", sensitivity="public")
    remember(tenant, "Nothing of that.")
    settle_events()

    assert {told} == found(tenant, "sensitivity:secret")
