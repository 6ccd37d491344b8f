"""What holds no longer does not come up, unless it is asked for; then it says what holds instead."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.conftest import Rows
from tests.functions.triggers.test_consolidate import taught

REDIS, VALKEY = "We decided to use Redis for the cache.", "We decided to use Valkey for the cache."
LONG_AGO = "2020-01-01T00:00:00Z"


@pytest.fixture
def cache(tenant: Tenant, sweep_and_settle: Callable[[], None]) -> dict[str, str]:
    """Give the ids, by their texts, of a decision and of the one that overtook it."""
    for number, text in enumerate((REDIS, VALKEY), start=1):
        taught(tenant, text, day=number)
    for colour in ("red", "green", "blue", "black", "white"):
        body = {"project_id": str(tenant.project_id), "content": f"The {colour} wall was painted last.", "type": "fact"}
        tenant.call("POST", "/v1/memories", body)
    sweep_and_settle()
    return {one["content"]: one["id"] for one in listed(tenant, "&type=decision&superseded=true")}


def listed(tenant: Tenant, query: str = "") -> list[dict[str, Any]]:
    return tenant.call("GET", f"/v1/memories?limit=100{query}").json()["items"]


def searched(tenant: Tenant, query: str = "the cache", path: str = "/v1/search/hybrid", **more: Any) -> dict[str, Any]:
    body = {"query": query, "sources": ["memory"], "types": ["decision"], **more}
    return {hit["id"]: hit["overtaken"] for hit in tenant.call("POST", path, body).json()["hits"]}


def packed(tenant: Tenant, **more: Any) -> dict[str, Any]:
    body = {
        "project_id": str(tenant.project_id),
        "task": "Redis or Valkey for the cache?",
        "types": ["decision"],
        "messages": False,
    }
    return tenant.call("POST", "/v1/context", body | more).json()


def test_what_consolidation_closed_is_left_out_of_search_lists_and_packs(tenant: Tenant, cache: dict[str, str]) -> None:
    holds = {cache[VALKEY]}

    assert holds == {one["id"] for one in listed(tenant, "&type=decision")}
    assert holds == {one["id"] for one in tenant.call("POST", "/v1/query", {"type": "decision"}).json()["items"]}
    assert [holds] * 3 == [
        {*searched(tenant)},
        {*searched(tenant, path="/v1/search")},
        {*searched(tenant, "type:decision")},
    ]
    assert holds == {item["id"] for item in packed(tenant)["items"]}


def test_asked_for_it_comes_up_and_says_what_overtook_it(tenant: Tenant, cache: dict[str, str]) -> None:
    over = {"how": "superseded", "at": "2026-01-02T10:00:00Z", "by": cache[VALKEY]}
    told = {cache[VALKEY]: None, cache[REDIS]: over}
    found = tenant.call("POST", "/v1/query", {"type": "decision", "superseded": True}).json()["items"]
    pack = packed(tenant, superseded=True)

    assert [told] * 2 == [
        {one["id"]: one["overtaken"] for one in memories}
        for memories in (listed(tenant, "&type=decision&superseded=true"), found)
    ]
    assert [told] * 3 == [
        searched(tenant, superseded=True),
        searched(tenant, path="/v1/search", superseded=True),
        searched(tenant, "type:decision", superseded=True),
    ]
    assert told == {item["id"]: item["overtaken"] for item in pack["items"]}
    assert f"superseded on 2026-01-02 by {cache[VALKEY][-12:]}" in pack["text"]
    assert over == tenant.call("GET", f"/v1/memories/{cache[REDIS]}").json()["overtaken"]


def test_taken_back_it_comes_up_again(tenant: Tenant, cache: dict[str, str], settle_events: Callable[[], int]) -> None:
    [settled] = tenant.call("GET", "/v1/reviews?state=settled").json()["items"]
    tenant.call("POST", f"/v1/reviews/{settled['id']}", {"decision": "undo"})
    settle_events()

    assert {*cache.values()} == {*searched(tenant)} == {one["id"] for one in listed(tenant, "&type=decision")}


@pytest.mark.parametrize("end", ["valid_to", "expires_at"])
def test_what_ended_is_left_out_even_if_it_is_pinned(
    end: str, tenant: Tenant, settle_events: Callable[[], int]
) -> None:
    body = {"project_id": str(tenant.project_id), "content": "The cache is cold.", "type": "decision", "pinned": True}
    memory = tenant.call("POST", "/v1/memories", body | {end: LONG_AGO}).json()["memory"]
    settle_events()
    how = {"how": {"valid_to": "ended", "expires_at": "expired"}[end], "at": LONG_AGO, "by": None}

    assert how == memory["overtaken"]
    assert ([], {}, []) == (listed(tenant), searched(tenant), packed(tenant)["items"])
    assert {memory["id"]: how} == searched(tenant, superseded=True)
    assert [how] == [item["overtaken"] for item in packed(tenant, superseded=True)["items"]]


def test_what_is_to_end_later_holds_until_then(tenant: Tenant, settle_events: Callable[[], int]) -> None:
    body = {"project_id": str(tenant.project_id), "content": "The cache is warm.", "type": "decision"}
    later = {"valid_from": "9998-01-01T00:00:00Z", "valid_to": "9999-12-30T00:00:00Z"}
    memory = tenant.call("POST", "/v1/memories", body | later).json()["memory"]
    settle_events()

    assert {memory["id"]: None} == searched(tenant, superseded=True) == searched(tenant)


def test_added_by_hand_once_more_it_holds_anew(tenant: Tenant, settle_events: Callable[[], int], rows: Rows) -> None:
    body = {"project_id": str(tenant.project_id), "content": "The cache is cold.", "type": "decision"}
    first = tenant.call("POST", "/v1/memories", body | {"valid_to": LONG_AGO}).json()["memory"]
    again = tenant.call("POST", "/v1/memories", body).json()
    settle_events()

    assert (first["id"], None) == (again["memory"]["id"], again["memory"]["overtaken"])
    assert 1 == again["receipt"]["duplicates"]
    assert {first["id"]: None} == searched(tenant)
    assert 2 == len(rows.of("revisions", tenant))


def test_nobody_else_sees_what_was_overtaken(
    tenant: Tenant, other_tenant: Tenant, second_project: Callable[[Tenant], Tenant], cache: dict[str, str]
) -> None:
    assert 2 == len(cache)
    for who in (other_tenant, second_project(tenant)):
        assert ([], {}) == (listed(who, "&superseded=true"), searched(who, superseded=True))
