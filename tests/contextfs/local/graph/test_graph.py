"""The graph of a local store: it follows the memories, is walked by a search, and finds what a server finds."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contextfs.domain.graph.model import Neighbourhood, Reached
from contextfs.domain.memories.model import MemoryChange
from contextfs.journeys.graph.seeds import FOUND
from contextfs.kit.errors import NotFound
from contextfs.kit.overtaken import RETIRED
from contextfs.local.base.connection import Base
from contextfs.local.graph import showing, walking
from contextfs.local.search.find import Asked
from tests.conftest import Tenant
from tests.contextfs.local.places import Machine
from tests.contextfs.local.search.indexes import found, opened, said

TEXTS = (
    "We keep the sessions in Redis, see src/auth/login.py.",
    "login.py reads IDLE_LIMIT at the start.",
    "IDLE_LIMIT is 900 since the audit, says Ana Silva.",
    "AuthService uses Redis instead of Memcached.",
    "Ana's dog is called Rex.",
    "Fixes SHOP-7: the KeyError in src/web/login.py.",
)
TWINS = (
    "We keep the sessions in Redis.",
    "we keep sessions in Redis",
    "Please, we keep the sessions in Redis.",
    "We keep our sessions in Redis.",
    "OK, we keep the sessions in Redis",
    "So we keep the sessions in Redis.",
    "We keep the sessions in Redis now.",
    "Well, we keep the sessions in Redis.",
    "we do keep the sessions in Redis",
)
"""Nine ways to say the same."""
QUERY = "where are sessions kept"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Give a store."""
    return Machine(tmp_path).init()


def test_a_mark_that_an_edit_left_beside_an_open_end_overtakes_nothing(machine: Machine) -> None:
    newer = machine.add("We keep the sessions in Postgres.")
    mark = {RETIRED: {"as": "contradiction", "for": str(newer)}}
    machine.add("We keep the sessions in Redis.", metadata=mark, valid_to=machine.now - timedelta(days=1))
    machine.add("We keep the sessions in memory.", metadata=mark)
    with opened(machine) as index:
        index.freshen()
        said = index.base.all("select memory_id from edges where relation = 'supersedes'")

    assert 1 == len(said)


def show(machine: Machine, entity: str | None = None, **more: Any) -> Neighbourhood:
    with opened(machine) as index:
        wanted: dict[str, Any] = {"memory_id": None, "depth": 2, "at": machine.now, "limit": 50} | more
        return showing.show(index, entity=entity, **wanted)


def test_a_search_walks_to_what_shares_no_word_and_tells_the_way(machine: Machine) -> None:
    for text in TEXTS[:3]:
        machine.add(text)
    reply = found(machine, QUERY, mode="graph", explain=True)

    assert list(TEXTS[:3]) == [hit.snippet for hit in reply.hits]
    assert said(machine, QUERY) == [TEXTS[0]]
    assert reply.hits[2].paths is not None
    assert [step.name for step in reply.hits[2].paths[0]] == [
        TEXTS[0],
        "src/auth/login.py",
        TEXTS[1],
        "IDLE_LIMIT",
        TEXTS[2],
    ]


def test_the_walk_is_the_same_however_much_is_shown(machine: Machine) -> None:
    for text in (*TEXTS[:3], "Sessions are kept by login.py where IDLE_LIMIT says so."):
        machine.add(text)
    whole = found(machine, QUERY, mode="graph", explain=True).hits
    first = found(machine, QUERY, mode="graph", explain=True, limit=1).hits
    sure = [found(machine, QUERY, mode="graph", min_relevance=hit.relevance - 1e-6).hits for hit in whole]

    assert whole[0].explanation == first[0].explanation
    assert [[hit.id for hit in whole[: number + 1]] for number in range(len(whole))] == [
        [hit.id for hit in hits] for hits in sure
    ]


def test_a_walk_begins_from_the_same_memories_whatever_limit_is_set(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in (*TWINS, *TEXTS[1:3], "Sessions are kept by login.py where IDLE_LIMIT says so."):
        machine.add(text)
    seeds: list[list[tuple[str, float]]] = []
    real = walking.reached

    def noting(base: Base, asked: Asked, best: Sequence[tuple[str, float]], *, now: datetime) -> dict[str, Reached]:
        seeds.append([*best[:FOUND]])
        return real(base, asked, best, now=now)

    monkeypatch.setattr(walking, "reached", noting)
    for limit in (1, 2, 10):
        found(machine, QUERY, mode="graph", limit=limit)

    assert seeds[0] == seeds[1] == seeds[2]


def test_bounds_hold_for_what_the_walk_came_to(machine: Machine) -> None:
    machine.add(TEXTS[0], type="decision")
    machine.add(TEXTS[1], type="fact")

    assert said(machine, QUERY, mode="graph", types=["decision"]) == [TEXTS[0]]
    assert said(machine, f"{QUERY} type:decision", mode="graph") == [TEXTS[0]]
    assert said(machine, "type:fact", mode="graph") == [TEXTS[1]]
    assert said(machine, "?!", mode="graph") == []


def test_the_graph_follows_edits_and_deletions(machine: Machine) -> None:
    kept, gone = machine.add("Redis is up."), machine.add("Redis is gone.")
    before = show(machine, "redis")
    with machine.open() as store:
        store.change(kept, MemoryChange(content="Kafka is up."))
        store.remove(gone)

    assert {f"memory:{kept}", f"memory:{gone}"} < {node.id for node in before.nodes}
    assert [node.id for node in show(machine, "kafka").nodes] == ["tool:kafka", f"memory:{kept}"]
    with pytest.raises(NotFound, match="No memory here mentions"):
        show(machine, "redis")


def test_a_graph_that_is_lost_is_made_again(machine: Machine) -> None:
    for text in TEXTS:
        machine.add(text)
    before = show(machine, depth=3)
    with machine.open() as store, store.base.transaction():
        store.base.run("drop table mentions")

    assert before == show(machine, depth=3)


def test_a_page_goes_on_where_the_one_before_ended(machine: Machine) -> None:
    for text in TEXTS:
        machine.add(text)
    whole = show(machine, "redis", depth=3)
    first = show(machine, "redis", depth=3, limit=2)
    rest = show(machine, "redis", depth=3, cursor=first.next_cursor)

    assert whole.nodes == [*first.nodes, *rest.nodes]


def test_a_server_finds_the_same_by_the_same_ways(
    machine: Machine, tenant: Tenant, settle_events: Callable[[], int]
) -> None:
    for text in TEXTS:
        machine.add(text)
        tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": text})
    settle_events()

    for query in (QUERY, "redis", "what did Ana say about the limit", "SHOP-7", "login.py", "memcached"):
        here = found(machine, query, mode="graph")
        there = tenant.call("POST", "/v1/search/graph", {"query": query}).json()

        assert [(hit.snippet, round(hit.relevance, 3)) for hit in here.hits] == [
            (hit["snippet"], round(hit["relevance"], 3)) for hit in there["hits"]
        ]
        assert [[[step.name for step in path] for path in hit.paths or []] for hit in here.hits] == [
            [[step["name"] for step in path] for path in hit["paths"]] for hit in there["hits"]
        ]
    for entity in ("redis", "src/auth/login.py", "Ana", "idle_limit"):
        around = tenant.call("GET", f"/v1/graph?project_id={tenant.project_id}&entity={entity}&depth=3").json()

        assert sorted(node.name for node in show(machine, entity, depth=3).nodes) == sorted(
            node["name"] for node in around["nodes"]
        )
