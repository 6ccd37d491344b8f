"""Many searches at once and a slow reranker: few wait for it, fewer of one organization, and the others go on."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import pytest
from starlette.testclient import TestClient

from contextfs.kit.ports import Reranker
from contextfs.kit.settings import Settings
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, founded, settings_for
from tests.functions.conftest import wait_until

MOST, EACH = 12, 6
"""How many searches wait for a reranker in one process, and how many of one organization."""
MORE = 2
BUSY = "rerank: Too many searches wait for the reranker already."


class Slow:
    """A reranker that thinks until it is let go, and counts what it was asked."""

    model = "test:slow"

    def __init__(self) -> None:
        self.go, self._counting = threading.Event(), threading.Lock()
        self.asked, self.inside, self.most = Counter[str](), 0, 0

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """Find all texts equally good, in the end."""
        with self._counting:
            self.asked[question] += 1
            self.inside += 1
            self.most = max(self.most, self.inside)
        assert self.go.wait(120)
        with self._counting:
            self.inside -= 1
        return [0.875] * len(texts)


class WithSlow(Wiring):
    """A process whose reranker is that one."""

    def __init__(self, settings: Settings, slow: Slow) -> None:
        self._slow = slow
        super().__init__(settings)

    def _reranker(self) -> Reranker:
        return self._slow


@pytest.fixture
def slow() -> Iterator[Slow]:
    """Give a slow reranker."""
    made = Slow()
    yield made
    made.go.set()


@pytest.fixture
def tenants(database_url: str, slow: Slow, settle_events: Callable[[], int]) -> Iterator[dict[str, Tenant]]:
    """Give three organizations of a server that it reads for, each with something to find."""
    wired = WithSlow(settings_for(database_url), slow)
    with TestClient(gateway(wired.door, routes())) as client:
        made = {name: founded(wired, client) for name in ("heron", "egret", "stork")}
        for name, tenant in made.items():
            body = {"project_id": str(tenant.project_id), "content": f"The {name} nests on the north roof."}
            assert tenant.call("POST", "/v1/memories", body).status_code == 201
        settle_events()
        yield made
        slow.go.set()
    wired.close()


def search(tenant: Tenant, question: str) -> Any:
    """Search; give the reply of a call that was answered."""
    response = tenant.call("POST", "/v1/search/hybrid", {"query": question})
    assert response.status_code == 200, response.text
    return response.json()


def told(replies: Sequence["Future[Any]"]) -> Counter[str]:
    """Count what became of searches: the order is the reranker's, or the first one, and the reply says why."""
    made: Counter[str] = Counter()
    for reply in (one.result() for one in replies):
        (hit,) = reply["hits"]
        why = [leg for leg in reply["degraded"] if leg.startswith("rerank")]
        made["read" if hit["relevance"] == 0.875 and not why else ", ".join(why)] += 1
    return made


def test_who_finds_no_place_has_the_first_order_and_no_organization_takes_the_places_of_another(
    tenants: dict[str, Tenant], slow: Slow
) -> None:
    with ThreadPoolExecutor(MOST + 2 * MORE + 1) as pool:

        def ask(name: str, times: int) -> "list[Future[Any]]":
            return [pool.submit(search, tenants[name], name) for _ in range(times)]

        first = ask("heron", EACH + MORE)
        wait_until(lambda: slow.asked["heron"] == EACH)
        second = ask("egret", EACH + MORE)
        wait_until(lambda: slow.asked["egret"] == EACH)
        third = ask("stork", 1)
        wait_until(lambda: sum(one.done() for one in (*first, *second, *third)) == 2 * MORE + 1, 60)
        while_it_thinks = dict(slow.asked)
        slow.go.set()
        wait((*first, *second, *third))
        (later,) = ask("stork", 1)

    assert {"heron": EACH, "egret": EACH} == while_it_thinks
    assert MOST == slow.most
    assert {"read": EACH, BUSY: MORE} == told(first) == told(second)
    assert {BUSY: 1} == told(third)
    assert {"read": 1} == told([later]), "places are free again"
