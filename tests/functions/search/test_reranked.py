"""A model that reads the best of a search again, where one is set: at an endpoint that speaks Cohere's API."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.completions import Upstream, listening
from tests.conftest import Tenant, founded, settings_for
from tests.functions.conftest import Rows

Settle = Callable[[], int]


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """Give an endpoint."""
    with listening() as found:
        yield found


@pytest.fixture
def reader(database_url: str, upstream: Upstream) -> Iterator[Tenant]:
    """Give a tenant of a server that lets that endpoint read."""
    settings = msgspec.structs.replace(settings_for(database_url), reranker="cohere:m", reranker_url=upstream.url)
    wired = Wiring(settings)
    with TestClient(gateway(wired.door, routes())) as client:
        yield founded(wired, client)
    wired.close()


@pytest.fixture
def two(reader: Tenant, settle_events: Settle) -> dict[str, str]:
    """Give two memories by their ids; the words of the question favour the first."""
    contents = {"near": "The staging port is the port of staging.", "right": "Staging listens on port 5433."}
    ids = {name: remember(reader, content) for name, content in contents.items()}
    settle_events()
    return {memory_id: name for name, memory_id in ids.items()}


def remember(tenant: Tenant, content: str, **more: Any) -> str:
    body = {"project_id": str(tenant.project_id), "content": content, **more}
    return tenant.call("POST", "/v1/memories", body).json()["memory"]["id"]


def judging(upstream: Upstream, told: dict[str, float]) -> None:
    """Let the endpoint judge by what a text holds: answers follow the order that texts are sent in."""

    def judge() -> None:
        documents = upstream.asked[-1]["documents"]
        scores = [next((score for part, score in told.items() if part in one), 0.0) for one in documents]
        results = [{"index": index, "relevance_score": score} for index, score in enumerate(scores)]
        upstream.answers[:] = [(200, {"results": results})]

    upstream.answers.append((200, {}))
    upstream.meanwhile = judge


def asked(tenant: Tenant, path: str = "/v1/search/hybrid", **more: Any) -> Any:
    return tenant.call("POST", path, {"query": "which port does staging use type:fact"} | more).json()


@pytest.mark.parametrize("path", ["/v1/search/hybrid", "/v1/search"])
def test_what_it_says_decides_the_order(reader: Tenant, upstream: Upstream, two: dict[str, str], path: str) -> None:
    judging(upstream, {"5433": 0.9, "of staging": 0.2})

    reply = asked(reader, path, explain=True)

    assert ["right", "near"] == [two[hit["id"]] for hit in reply["hits"]]
    assert [0.9, 0.2] == [hit["relevance"] for hit in reply["hits"]]
    assert [0.9, 0.2] == [hit["explanation"]["reranked"] for hit in reply["hits"]]
    assert "which port does staging use" == upstream.asked[0]["query"], "what narrows is not asked"


def test_a_threshold_is_for_what_it_says(reader: Tenant, upstream: Upstream, two: dict[str, str]) -> None:
    judging(upstream, {"5433": 0.9, "of staging": 0.2})

    (hit,) = asked(reader, min_relevance=0.85)["hits"]

    assert "right" == two[hit["id"]]


@pytest.mark.parametrize("status", [200, 503])
def test_where_it_does_not_answer_the_first_order_stands_and_the_reply_says_so(
    reader: Tenant, upstream: Upstream, two: dict[str, str], status: int
) -> None:
    upstream.answers.append((status, {"message": "secret"}))

    reply = asked(reader)

    assert 2 == len(reply["hits"]) == len(two)
    assert ["rerank"] == [leg.split(":")[0] for leg in reply["degraded"] if "semantic" not in leg]
    assert "secret" not in str(reply["degraded"])


def test_what_is_restricted_or_of_another_time_is_not_sent(
    reader: Tenant, upstream: Upstream, two: dict[str, str], settle_events: Settle
) -> None:
    judging(upstream, {"5433": 0.9, "of staging": 0.2})
    hidden = remember(reader, "The staging port of the vault is 7000.", sensitivity="restricted")
    settle_events()

    reply = asked(reader)
    then = asked(reader, as_of=reader.call("GET", f"/v1/memories/{hidden}").json()["updated_at"])

    assert {hidden, *two} == {hit["id"] for hit in reply["hits"]}
    assert then["hits"] != []
    assert 1 == len(upstream.asked)
    assert "7000" not in str(upstream.asked)


def test_no_transaction_is_open_while_it_reads(
    reader: Tenant, upstream: Upstream, two: dict[str, str], rows: Rows
) -> None:
    open_ones = (
        "select query from pg_stat_activity where datname = current_database()"
        " and usename like 'contextfs%%' and state like 'idle in transaction%%'"
    )
    seen: list[Any] = []
    upstream.answers.append((503, {}))
    upstream.meanwhile = lambda: seen.extend(rows.connection.execute(open_ones).fetchall() or ["none"])

    asked(reader)

    assert (["none"], 2) == (seen, len(two))
    assert 1 == len(rows.audited(reader, "search.performed"))
    assert [1] == rows.used(reader, "searches")


def test_a_pack_is_made_of_what_it_says(reader: Tenant, upstream: Upstream, two: dict[str, str]) -> None:
    judging(upstream, {"5433": 0.9, "of staging": 0.01})
    task = {"project_id": str(reader.project_id), "task": "which port does staging use", "budget": 1000}

    pack = reader.call("POST", "/v1/context", task).json()
    kept = reader.call("GET", f"/v1/context/{pack['id']}").json()

    assert ["right"] == [two[item["id"]] for item in pack["items"]]
    assert 0.9 == pack["items"][0]["relevance"]
    assert kept["id"] == pack["id"]
