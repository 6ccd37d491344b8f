"""?wait=searchable: the reply comes when search finds what was written, with no worker near."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

from tests.conftest import Tenant
from tests.functions.asking import Things
from tests.functions.conftest import Rows, wait_until


def found(tenant: Tenant, query: str) -> int:
    return len(tenant.call("POST", "/v1/search/hybrid", {"query": query}).json()["hits"])


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


def test_the_event_of_what_was_indexed_at_once_is_passed_over_later(
    tenant: Tenant, rows: Rows, settle_events: Callable[[], int]
) -> None:
    tenant.call("POST", "/v1/memories?wait=searchable", {"project_id": str(tenant.project_id), "content": "Known."})
    at_once = [row["id"] for row in rows.of("passages", tenant)]
    settle_events()

    assert len(at_once) == 1
    assert [row["id"] for row in rows.of("passages", tenant)] == at_once


def test_what_cannot_be_indexed_now_is_stored_and_says_so(
    tenant: Tenant, rows: Rows, database_url: str, settle_events: Callable[[], int]
) -> None:
    body = {"project_id": str(tenant.project_id), "content": "We like walnut cake."}
    with psycopg.connect(database_url) as blocking, ThreadPoolExecutor(1) as pool:
        blocking.execute("lock table contextfs.passages in access exclusive mode")
        asked = pool.submit(tenant.call, "POST", "/v1/memories?wait=searchable", body)
        wait_until(lambda: rows.waiting_for(blocking.info.backend_pid))
        rows.connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where %s = any(pg_blocking_pids(pid))",
            [blocking.info.backend_pid],
        )
        reply = asked.result()
    settle_events()

    assert (reply.status_code, reply.json()["receipt"]["pending"]) == (201, ["searchable"])
    assert found(tenant, "walnut") == 1


def test_what_a_change_made_untrue_is_no_longer_found(tenant: Tenant, things: Things) -> None:
    path = f"/v1/memories/{things.memory_id}?wait=searchable"

    replies = [tenant.call("PATCH", path, {"content": text}) for text in ("Better.", "Better.")]

    assert [reply.json()["receipt"]["pending"] for reply in replies] == [[], []]
    assert (found(tenant, "known"), found(tenant, "better")) == (0, 1)


def test_a_repeated_call_gets_the_first_reply_as_it_was_at_its_commit(tenant: Tenant, things: Things) -> None:
    path, body = f"/v1/memories/{things.memory_id}?wait=searchable", {"content": "Better."}
    first = tenant.call("PATCH", path, body, idempotency_key="k1").json()

    again = tenant.call("PATCH", path, body, idempotency_key="k1").json()

    assert again == first | {"receipt": first["receipt"] | {"pending": ["searchable"]}}


def test_nothing_else_can_be_waited_for(tenant: Tenant) -> None:
    reply = tenant.call("POST", "/v1/memories?wait=learned", {"project_id": str(tenant.project_id), "content": "x"})

    assert reply.status_code == 422
    assert reply.json()["where"] == "query.wait"
