"""GET /v1/graph: what lies around an entity or a memory."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conftest import Tenant
from tests.functions.asking import UNKNOWN, told

Settle = Callable[[], int]


def remember(tenant: Tenant, content: str, **more: Any) -> str:
    body = {"project_id": str(tenant.project_id), "content": content, **more}
    return tenant.call("POST", "/v1/memories", body).json()["memory"]["id"]


def graph(tenant: Tenant, **query: Any) -> Any:
    return tenant.call("GET", f"/v1/graph?{urlencode({'project_id': tenant.project_id} | query)}")


def ids(reply: Any) -> list[str]:
    assert reply.status_code == 200, reply.text
    return [node["id"] for node in reply.json()["nodes"]]


def test_an_entity_with_what_mentions_it_and_what_is_stated_of_it(tenant: Tenant, settle_events: Settle) -> None:
    first = remember(tenant, "AuthService uses Redis, see src/auth/login.py.", title="Auth")
    second = remember(tenant, "login.py keeps sessions in Redis.")
    settle_events()

    reply = graph(tenant, entity="login.py", depth=2).json()
    nodes = {node["id"]: node for node in reply["nodes"]}
    edges = {(edge["source"], edge["relation"], edge["target"]): edge for edge in reply["edges"]}

    assert reply["center"] == "file:src/auth/login.py"
    assert [node["distance"] for node in reply["nodes"]] == [0, 1, 1, 2, 2]
    assert (nodes[f"memory:{first}"]["name"], nodes["tool:redis"]["memories"]) == ("Auth", 2)
    assert edges["symbol:authservice", "uses", "tool:redis"]["memories"] == [first]
    assert edges["file:src/auth/login.py", "co_occurs", "tool:redis"]["memories"] == sorted([first, second])
    assert (f"memory:{second}", "mentions", "file:src/auth/login.py") in edges
    assert (reply["truncated"], reply["next_cursor"]) == (False, None)


def test_a_memory_with_its_session_and_what_it_took_over_from(tenant: Tenant, settle_events: Settle) -> None:
    session = tenant.call("POST", "/v1/sessions", {"project_id": str(tenant.project_id), "tool": "t"}).json()["session"]
    new = remember(tenant, "The staging port is 5434.", provenance=[{"session_id": session["id"]}])
    over = {"metadata": {"retired": {"as": "contradiction", "for": new}}, "valid_to": "2026-01-01T00:00:00Z"}
    old = remember(tenant, "The staging port is 5433.", **over)
    settle_events()

    reply = graph(tenant, memory_id=new, depth=1)

    assert [f"memory:{new}", f"memory:{old}", f"session:{session['id']}"] == sorted(ids(reply))
    assert {edge["relation"] for edge in reply.json()["edges"]} == {"supersedes", "derived_from"}


def test_a_project_is_shown_from_what_most_memories_mention(tenant: Tenant, settle_events: Settle) -> None:
    for text in ("Redis is up.", "We love Redis.", "We use Kafka."):
        remember(tenant, text)
    settle_events()

    assert ids(graph(tenant, depth=1))[:2] == ["tool:redis", "tool:kafka"]


def test_pages_show_each_node_once_and_each_edge_with_the_later_of_its_ends(
    tenant: Tenant, settle_events: Settle
) -> None:
    for number in range(7):
        remember(tenant, f"Redis and `part_{number}` and Kafka.")
    settle_events()
    whole = graph(tenant, entity="redis", depth=3, limit=200).json()
    nodes: list[Any] = []
    edges: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = graph(tenant, entity="redis", depth=3, limit=4, **cursor).json()
        nodes += page["nodes"]
        edges += page["edges"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert whole["nodes"] == nodes
    assert sorted(map(str, whole["edges"])) == sorted(map(str, edges))


def test_it_is_shown_as_it_was(tenant: Tenant, settle_events: Settle) -> None:
    remember(tenant, "Redis 6 runs.", valid_from="2020-01-01T00:00:00Z", valid_to="2022-01-01T00:00:00Z")
    remember(tenant, "Redis 8 runs.", valid_from="2022-01-01T00:00:00Z")
    settle_events()

    assert len(ids(graph(tenant, entity="redis", depth=1, as_of="2021-01-01T00:00:00Z"))) == 2
    assert graph(tenant, entity="redis", as_of="2019-01-01T00:00:00Z").status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"entity": "nothing_of_this"}, 404),
        ({"memory_id": UNKNOWN}, 404),
        ({"project_id": UNKNOWN}, 404),
        ({"entity": "redis", "memory_id": UNKNOWN}, 422),
        ({"entity": ""}, 422),
        ({"entity": "x" * 301}, 422),
        ({"depth": 4}, 422),
        ({"depth": 0}, 422),
        ({"limit": 201}, 422),
        ({"cursor": "bm90b3Vycw"}, 400),
        ({"as_of": "9999-99-99"}, 422),
    ],
)
def test_what_cannot_be_shown_is_told(tenant: Tenant, query: dict[str, Any], status: int) -> None:
    reply = graph(tenant, **query)

    assert (status, status) == (reply.status_code, told(reply)["status"])


def test_nobody_sees_around_what_is_not_theirs(
    tenant: Tenant,
    other_tenant: Tenant,
    second_project: Callable[[Tenant], Tenant],
    colleague: Callable[[Tenant], Tenant],
    settle_events: Settle,
) -> None:
    mine = remember(tenant, "secret_name uses Redis", visibility="private")
    remember(tenant, "Redis is up.")
    stranger, member = second_project(tenant), colleague(tenant)
    project = str(tenant.project_id)
    settle_events()

    assert f"memory:{mine}" in ids(graph(tenant, entity="redis"))
    assert len(ids(graph(member, project_id=project, entity="redis", depth=3))) == 2
    assert [
        graph(member, project_id=project, **one).status_code for one in ({"entity": "secret_name"}, {"memory_id": mine})
    ] == [404, 404]
    for caller in (other_tenant, stranger):
        assert graph(caller, project_id=project, entity="redis").status_code == 404
        assert graph(caller, entity="redis").status_code == 404
