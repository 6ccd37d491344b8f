"""POST /v1/search/graph: what shares entities with what was found is found too, and the way to it is shown."""

from collections.abc import Callable
from typing import Any

import pytest

from contextfs.domain.graph import store as graph
from tests.conftest import Tenant
from tests.contextfs.local.graph.test_graph import TWINS
from tests.functions.conftest import Rows

Settle = Callable[[], int]

FOUND = "We keep the sessions in Redis, see src/auth/login.py."
BESIDE = "login.py reads IDLE_LIMIT at the start."
FAR = "IDLE_LIMIT is 900 since the audit."


def remember(tenant: Tenant, content: str, **more: Any) -> str:
    body = {"project_id": str(tenant.project_id), "content": content, **more}
    return tenant.call("POST", "/v1/memories", body).json()["memory"]["id"]


def search(tenant: Tenant, query: str, **more: Any) -> Any:
    reply = tenant.call("POST", "/v1/search/graph", {"query": query, **more})

    assert reply.status_code == 200, reply.text
    return reply.json()


def found(tenant: Tenant, query: str, **more: Any) -> list[str]:
    return [hit["id"] for hit in search(tenant, query, **more)["hits"]]


def test_what_shares_no_word_with_the_question_is_found_by_a_path_that_is_shown(
    tenant: Tenant, settle_events: Settle, rows: Rows
) -> None:
    first, second, third = (remember(tenant, text) for text in (FOUND, BESIDE, FAR))
    remember(tenant, "The kitchen is painted green.")
    settle_events()

    reply = search(tenant, "where are sessions kept", explain=True)
    by_id = {hit["id"]: hit for hit in reply["hits"]}
    hybrid = tenant.call("POST", "/v1/search/hybrid", {"query": "where are sessions kept"}).json()["hits"]

    assert [first, second, third] == list(by_id)
    assert third not in [hit["id"] for hit in hybrid]
    assert [(step["node"], step["by"]) for step in by_id[third]["paths"][0]] == [
        (f"memory:{first}", "found"),
        ("file:src/auth/login.py", "mentions"),
        (f"memory:{second}", "mentions"),
        ("symbol:idle_limit", "mentions"),
        (f"memory:{third}", "mentions"),
    ]
    assert by_id[third]["paths"][0][0]["name"] == FOUND
    assert 0 < by_id[third]["explanation"]["terms"]["graph"] < by_id[second]["explanation"]["terms"]["graph"] <= 1
    assert reply["degraded"] == ["semantic: no embedding model is installed, so words alone were compared"]
    assert rows.used(tenant, "searches") == [1, 1]


def test_what_the_question_names_is_found_in_any_spelling(tenant: Tenant, settle_events: Settle) -> None:
    memory = remember(tenant, "PostgreSQL 16 is what we run.")
    settle_events()

    [hit] = search(tenant, "psql")["hits"]

    assert (hit["id"], hit["paths"][0][0]) == (memory, {"node": "tool:postgres", "name": "PostgreSQL", "by": "named"})


def test_filters_and_thresholds_hold_for_what_the_walk_came_to(tenant: Tenant, settle_events: Settle) -> None:
    first = remember(tenant, FOUND, type="decision", tags=["a"])
    second = remember(tenant, BESIDE, type="fact")
    settle_events()

    query = "where are sessions kept"
    assert found(tenant, query) == [first, second]
    assert found(tenant, query, types=["decision"]) == [first]
    assert found(tenant, f"{query} type:fact") in ([second], [])
    assert found(tenant, query, tags=["a"]) == [first]
    assert found(tenant, query, min_relevance=0.99) == []
    assert found(tenant, query, limit=1) == [first]
    assert found(tenant, query, until="2000-01-01T00:00:00Z") == []
    assert found(tenant, "type:fact") == [second]


def test_a_threshold_cuts_off_and_changes_nothing_else(tenant: Tenant, settle_events: Settle) -> None:
    for text in (FOUND, BESIDE, FAR, "Sessions are kept by login.py where IDLE_LIMIT says so."):
        remember(tenant, text)
    settle_events()
    query = "where are sessions kept"
    whole = search(tenant, query)["hits"]

    for number, hit in enumerate(whole, start=1):
        least = hit["relevance"] - 1e-6
        assert [one["id"] for one in whole[:number]] == found(tenant, query, min_relevance=least)


def test_a_walk_begins_from_the_same_memories_whatever_limit_is_set(
    tenant: Tenant, settle_events: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in (*TWINS, BESIDE, FAR, "Sessions are kept by login.py where IDLE_LIMIT says so."):
        remember(tenant, text)
    settle_events()
    seeds: list[list[Any]] = []
    real = graph.around

    def noting(*given: Any, **more: Any) -> Any:
        seeds.append(more["memories"])
        return real(*given, **more)

    monkeypatch.setattr(graph, "around", noting)
    for limit in (1, 2, 10):
        search(tenant, "where are sessions kept", limit=limit)

    assert len(seeds[0]) > 1
    assert seeds[0] == seeds[1] == seeds[2]


def test_what_is_over_or_gone_is_not_walked(tenant: Tenant, settle_events: Settle) -> None:
    first = remember(tenant, FOUND)
    remember(tenant, BESIDE, valid_to="2020-01-01T00:00:00Z", valid_from="2019-01-01T00:00:00Z")
    remember(tenant, "login.py is old.", expires_at="2020-01-01T00:00:00Z")
    gone = remember(tenant, "login.py is gone.")
    tenant.call("DELETE", f"/v1/memories/{gone}")
    settle_events()

    assert found(tenant, "where are sessions kept") == [first]


def test_nothing_of_others_is_walked_or_shown(
    tenant: Tenant,
    other_tenant: Tenant,
    second_project: Callable[[Tenant], Tenant],
    colleague: Callable[[Tenant], Tenant],
    settle_events: Settle,
) -> None:
    first = remember(tenant, FOUND)
    private = remember(tenant, BESIDE, visibility="private")
    last = remember(tenant, FAR)
    stranger, member = second_project(tenant), colleague(tenant)
    theirs, elsewhere = remember(other_tenant, FOUND), remember(stranger, FOUND)
    settle_events()

    query = "where are sessions kept"
    assert set(found(tenant, query, project_ids=[str(tenant.project_id)])) == {first, private, last}
    assert found(member, query, project_ids=[str(tenant.project_id)]) == [first]
    assert found(other_tenant, query) == [theirs]
    assert found(stranger, query) == [elsewhere]
    assert found(other_tenant, query, project_ids=[str(tenant.project_id)]) == []


def test_questions_of_every_kind_are_answered(tenant: Tenant, settle_events: Settle) -> None:
    remember(tenant, FOUND)
    settle_events()

    for query in ("?!", "the", "\U0001f680", "\u202e\u05d0", "'; drop table mentions", "%_%", "`" * 99, "a/" * 4000,
                  "x " * 5000):  # fmt: skip
        assert isinstance(search(tenant, query)["hits"], list)


def test_what_very_many_memories_mention_is_bounded(tenant: Tenant, rows: Rows, settle_events: Settle) -> None:
    memory = remember(tenant, "Redis holds the queue.")
    settle_events()
    rows.connection.execute(
        "insert into contextfs.memories select (m).* from (select jsonb_populate_record(o, jsonb_build_object("
        " 'id', gen_random_uuid())) as m from contextfs.memories as o, generate_series(1, 300) where o.id = %s) as x",
        [memory],
    )
    rows.connection.execute(
        "insert into contextfs.mentions (org_id, project_id, memory_id, kind, key, name, weight, author_id, visibility,"
        " valid_from) select org_id, project_id, id, 'tool', 'redis', 'Redis', 1, author_id, visibility, created_at"
        " from contextfs.memories where org_id = %s and id <> %s",
        [tenant.org_id, memory],
    )

    assert found(tenant, "redis queue", limit=5)[0] == memory
    shown = tenant.call("GET", f"/v1/graph?project_id={tenant.project_id}&entity=redis&limit=200").json()
    assert (shown["truncated"], len(shown["nodes"])) == (True, 121)
