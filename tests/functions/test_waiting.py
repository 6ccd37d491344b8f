"""?wait=searchable: the reply comes when search finds what was written, or when the patience is over."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.loops import RelayLoop, WorkerLoop
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant
from tests.functions.asking import Things
from tests.functions.conftest import Rows, wait_until

PATIENCE = 0.3


@pytest.fixture
def running(wiring: Wiring, rows: Rows) -> Iterator[None]:
    """Let a relay and a worker run."""
    stop = threading.Event()
    threads = [threading.Thread(target=loop.run, args=(stop,)) for loop in (RelayLoop(wiring), WorkerLoop(wiring))]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join(timeout=10)


@pytest.fixture
def impatient(wiring: Wiring, tenant: Tenant) -> Iterator[Tenant]:
    """Give the tenant, at a door that soon stops waiting."""
    with TestClient(gateway(replace(wiring.door, patience=PATIENCE), routes())) as client:
        yield replace(tenant, http=client)


def found(tenant: Tenant, query: str) -> int:
    return len(tenant.call("POST", "/v1/search/hybrid", {"query": query}).json()["hits"])


@pytest.mark.usefixtures("running")
def test_search_finds_what_was_written_as_soon_as_the_reply_is_there(tenant: Tenant) -> None:
    project = str(tenant.project_id)

    def write(method: str, path: str, body: Any) -> Any:
        reply = tenant.call(method, f"{path}?wait=searchable", body)

        assert reply.json()["receipt"]["pending"] == []
        return reply.json()

    for word in ("apple", "banana", "cherry"):
        memory = write("POST", "/v1/memories", {"project_id": project, "content": f"We like {word} cake."})["memory"]

        assert found(tenant, word) == 1
    write("PATCH", f"/v1/memories/{memory['id']}", {"content": "We like walnut cake."})
    assert (found(tenant, "cherry"), found(tenant, "walnut")) == (0, 1)
    said = [{"role": "user", "content": "Bring durian."}]
    session = write("POST", "/v1/sessions", {"project_id": project, "tool": "test", "messages": said})["session"]
    assert found(tenant, "durian") == 1
    more = {"messages": [{"role": "user", "content": "Bring elderberry."}]}
    write("POST", f"/v1/sessions/{session['id']}/messages", more)
    assert found(tenant, "elderberry") == 1


def test_a_memory_does_not_wait_behind_the_sessions_of_an_import(
    tenant: Tenant, rows: Rows, database_url: str, request: pytest.FixtureRequest
) -> None:
    project = str(tenant.project_id)
    said = [{"role": "user", "content": "Bring durian."}]
    tenant.call("POST", "/v1/sessions", {"project_id": project, "tool": "test", "messages": said})
    with psycopg.connect(database_url) as blocking:
        blocking.execute("lock table contextfs.messages in access exclusive mode")
        request.getfixturevalue("running")
        wait_until(lambda: rows.waiting_for(blocking.info.backend_pid))
        reply = tenant.call("POST", "/v1/memories?wait=searchable", {"project_id": project, "content": "We like cake."})

    assert reply.json()["receipt"]["pending"] == []


def test_without_a_worker_the_reply_comes_after_the_patience_and_says_so(impatient: Tenant, things: Things) -> None:
    started = time.monotonic()

    reply = impatient.call("PATCH", f"/v1/memories/{things.memory_id}?wait=searchable", {"content": "Better."})
    elapsed = time.monotonic() - started

    assert reply.status_code == 200
    assert reply.json()["receipt"]["pending"] == ["searchable"]
    assert PATIENCE <= elapsed < PATIENCE + 2
    assert impatient.call("GET", f"/v1/memories/{things.memory_id}").json()["content"] == "Better."


def test_what_changed_nothing_waits_for_nothing(impatient: Tenant, things: Things) -> None:
    started = time.monotonic()

    reply = impatient.call("PATCH", f"/v1/memories/{things.memory_id}?wait=searchable", {"content": "Known."})

    assert reply.json()["receipt"]["pending"] == []
    assert time.monotonic() - started < PATIENCE


def test_a_repeated_call_does_not_wait_again(impatient: Tenant, things: Things) -> None:
    path, body = f"/v1/memories/{things.memory_id}?wait=searchable", {"content": "Better."}
    first = impatient.call("PATCH", path, body, idempotency_key="k1")
    started = time.monotonic()

    again = impatient.call("PATCH", path, body, idempotency_key="k1")

    assert again.json() == first.json()
    assert time.monotonic() - started < PATIENCE


def test_nothing_else_can_be_waited_for(tenant: Tenant) -> None:
    reply = tenant.call("POST", "/v1/memories?wait=learned", {"project_id": str(tenant.project_id), "content": "x"})

    assert reply.status_code == 422
    assert reply.json()["where"] == "query.wait"
