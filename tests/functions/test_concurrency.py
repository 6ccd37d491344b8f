"""Many callers at once: no call fails for it, the counts are right, and what was accepted is there."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant
from tests.functions.asking import Things
from tests.functions.conftest import Rows, wait_until

THREADS = 16


def at_once(call: Callable[[int], Any], times: int = THREADS) -> list[Any]:
    """Call from 16 threads; give the replies in the order of the numbers."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(call, range(times)))


def statuses(replies: list[Any]) -> Counter[int]:
    return Counter(reply.status_code for reply in replies)


def contents(tenant: Tenant, session_id: str) -> list[str]:
    """Read all messages of a session."""
    read: list[str] = []
    cursor = ""
    while True:
        page = tenant.call("GET", f"/v1/sessions/{session_id}/messages?limit=200{cursor}").json()
        read += [message["content"] for message in page["items"]]
        if page["next_cursor"] is None:
            return read
        cursor = f"&cursor={page['next_cursor']}"


def test_all_append_to_one_session(tenant: Tenant, things: Things, rows: Rows) -> None:
    path = f"/v1/sessions/{things.session_id}/messages"

    def append(number: int) -> Any:
        messages = [{"role": "user", "content": f"{number}.{part}"} for part in range(3)]
        return tenant.call("POST", path, {"messages": messages})

    replies = at_once(append, times=48)

    assert statuses(replies) == {201: 48}
    assert sorted(reply.json()["session"]["message_count"] for reply in replies) == list(range(3, 145, 3))
    assert Counter(contents(tenant, things.session_id)) == Counter(
        f"{n}.{part}" for n in range(48) for part in range(3)
    )
    assert rows.events(tenant).count("session.appended") == 48
    assert rows.used(tenant, "messages.written") == [3] * 48


def test_all_append_the_same_messages(tenant: Tenant, things: Things, rows: Rows) -> None:
    messages = [{"role": "user", "content": str(number), "external_id": str(number)} for number in range(20)]

    replies = at_once(
        lambda _: tenant.call("POST", f"/v1/sessions/{things.session_id}/messages", {"messages": messages})
    )

    assert statuses(replies) == {201: THREADS}
    assert sum(reply.json()["receipt"]["stored"] for reply in replies) == 20
    assert contents(tenant, things.session_id) == [str(number) for number in range(20)]
    assert tenant.call("GET", f"/v1/sessions/{things.session_id}").json()["message_count"] == 20


def test_all_create_the_same_session(tenant: Tenant, rows: Rows) -> None:
    def create(number: int) -> Any:
        message = {"role": "user", "content": str(number), "external_id": str(number % 4)}
        body = {"project_id": str(tenant.project_id), "tool": "t", "external_id": "e", "messages": [message]}
        return tenant.call("POST", "/v1/sessions", body)

    replies = at_once(create)
    (session,) = rows.of("sessions", tenant)

    assert statuses(replies) == {201: THREADS}
    assert {reply.json()["session"]["id"] for reply in replies} == {str(session["id"])}
    assert session["message_count"] == len(rows.of("messages", tenant)) == 4
    assert sum(reply.json()["receipt"]["stored"] for reply in replies) == 5
    assert rows.events(tenant).count("session.created") == 1


def test_all_add_the_same_memory(tenant: Tenant, rows: Rows) -> None:
    body = {"project_id": str(tenant.project_id), "content": "Said by everyone."}

    replies = at_once(lambda _: tenant.call("POST", "/v1/memories", body))

    assert statuses(replies) == {201: THREADS}
    assert len(rows.of("memories", tenant)) == 1
    assert sum(reply.json()["receipt"]["stored"] for reply in replies) == 1
    assert sum(reply.json()["receipt"]["duplicates"] for reply in replies) == THREADS - 1


@pytest.mark.parametrize("what", ["memory", "message"])
def test_who_waits_for_a_twin_with_the_same_key_holds_nothing_that_the_twin_needs(
    what: str, tenant: Tenant, things: Things, rows: Rows, database_url: str
) -> None:
    """Who is known asks ahead; a twin at another process does not: were it before the key, each would wait for each."""
    bodies = {
        "memory": ("/v1/memories", {"project_id": str(tenant.project_id), "content": "Said by both."}),
        "message": (
            f"/v1/sessions/{things.session_id}/messages",
            {"messages": [{"role": "user", "content": "Said by both."}]},
        ),
    }
    path, body = bodies[what]
    assert tenant.call("POST", path, body).status_code == 201, "from now on they are known"
    reserving = (
        "insert into contextfs.idempotency_keys (org_id, actor_id, key, request_hash, created_at) "
        "values (%s, %s, 'k1', '', now())"
    )
    held = "select 1 from pg_locks where locktype = 'advisory' and %s = any(pg_blocking_pids(pid))"

    with psycopg.connect(database_url) as twin, ThreadPoolExecutor(1) as pool:
        twin.execute(reserving, [tenant.org_id, rows.of("api_keys", tenant)[0]["id"]])
        waiting = pool.submit(tenant.call, "POST", path, body, idempotency_key="k1")
        wait_until(lambda: rows.waiting_for(twin.info.backend_pid))
        memories = rows.connection.execute(held, [twin.info.backend_pid]).fetchall()
        sessions = twin.execute(
            "select 1 from contextfs.sessions where id = %s for update skip locked", [things.session_id]
        )
        found = memories, len(sessions.fetchall())
        twin.rollback()

    assert found == ([], 1)
    assert waiting.result().status_code == 201


def test_all_change_one_memory_and_every_text_is_in_its_history(tenant: Tenant, things: Things) -> None:
    path = f"/v1/memories/{things.memory_id}"

    replies = at_once(lambda number: tenant.call("PATCH", path, {"content": f"Text {number}."}))
    revisions = tenant.call("GET", f"{path}/history").json()["revisions"]
    now = tenant.call("GET", path).json()

    assert statuses(replies) == {200: THREADS}
    assert {one["fields"]["content"] for one in revisions} == {"Known.", *(f"Text {n}." for n in range(THREADS))}
    assert len(revisions) == THREADS + 1
    assert (now["conflicted"], now["content"]) == (False, revisions[0]["fields"]["content"])
    assert [one["parents"] for one in revisions[:-1]] == [[one["id"]] for one in revisions[1:]]


def test_all_change_one_version_and_one_wins(tenant: Tenant, things: Things) -> None:
    for path, field in (
        (f"/v1/memories/{things.memory_id}", "content"),
        (f"/v1/sessions/{things.session_id}", "title"),
        (f"/v1/projects/{things.project_id}", "name"),
    ):
        version = tenant.call("GET", path).headers["etag"]

        replies = at_once(lambda n, p=path, f=field, v=version: tenant.call("PATCH", p, {f: f"Text {n}."}, if_match=v))
        won = [place for place, reply in enumerate(replies) if reply.status_code == 200]

        assert statuses(replies) == {200: 1, 412: THREADS - 1}
        assert tenant.call("GET", path).json()[field] == f"Text {won[0]}."


def test_all_complete_one_session(tenant: Tenant, things: Things, rows: Rows) -> None:
    replies = at_once(lambda _: tenant.call("POST", f"/v1/sessions/{things.session_id}/complete"))

    assert statuses(replies) == {200: THREADS}
    assert sum(reply.json()["receipt"]["stored"] for reply in replies) == 1
    assert rows.events(tenant).count("session.completed") == 1


def test_all_take_one_name(tenant: Tenant, rows: Rows) -> None:
    replies = at_once(lambda _: tenant.call("POST", "/v1/projects", {"name": "wanted"}))

    assert statuses(replies) == {201: 1, 409: THREADS - 1}
    assert rows.events(tenant) == ["project.created"]


def test_a_session_goes_while_all_append_to_it(tenant: Tenant, things: Things, rows: Rows) -> None:
    path = f"/v1/sessions/{things.session_id}"

    def act(number: int) -> Any:
        if number == THREADS:
            return tenant.call("DELETE", path)
        return tenant.call("POST", f"{path}/messages", {"messages": [{"role": "user", "content": "x"}]})

    replies = at_once(act, times=2 * THREADS)

    assert replies[THREADS].status_code == 204
    assert set(statuses(replies)) <= {201, 204, 404}
    assert rows.of("messages", tenant) == []


def test_a_project_goes_while_all_write_into_it(tenant: Tenant, rows: Rows) -> None:
    project = str(tenant.project_id)

    def act(number: int) -> Any:
        if number == THREADS:
            return tenant.call("DELETE", f"/v1/projects/{project}")
        if number % 2:
            return tenant.call("POST", "/v1/memories", {"project_id": project, "content": f"Text {number}."})
        return tenant.call("POST", "/v1/sessions", {"project_id": project, "tool": "t"})

    replies = at_once(act, times=2 * THREADS)

    assert replies[THREADS].status_code == 204
    assert set(statuses(replies)) <= {201, 204, 404}
    assert rows.of("memories", tenant) == rows.of("sessions", tenant) == []


def test_a_call_that_runs_into_a_deadlock_is_done_again(
    tenant: Tenant, things: Things, rows: Rows, database_url: str
) -> None:
    path = f"/v1/sessions/{things.session_id}/messages"
    body = {"messages": [{"role": "user", "content": "x"}]}
    with psycopg.connect(database_url) as other, ThreadPoolExecutor(1) as pool:
        other.execute("set local deadlock_timeout = '1min'")  # so that it is the call which has to give way
        other.execute("select from contextfs.projects where id = %s for update", [things.project_id])
        reply = pool.submit(tenant.call, "POST", path, body)
        wait_until(lambda: rows.waiting_for(other.info.backend_pid))
        other.execute("update contextfs.sessions set title = 'held' where id = %s", [things.session_id])
        other.commit()

    assert reply.result().status_code == 201
    assert contents(tenant, things.session_id) == ["x"]
    assert rows.events(tenant).count("session.appended") == 1


def test_a_version_never_comes_twice_not_even_in_one_moment(tenant: Tenant, things: Things, wiring: Wiring) -> None:
    moment = wiring.clock()
    with TestClient(gateway(replace(wiring.door, clock=lambda: moment), routes())) as client:
        still = replace(tenant, http=client)
        for path in (f"/v1/sessions/{things.session_id}", f"/v1/projects/{things.project_id}"):
            versions = [still.call("PATCH", path, {"metadata": {"n": n}}).headers["etag"] for n in range(5)]
            read = still.call("GET", path).headers["etag"]

            assert len(set(versions)) == 5
            assert read == versions[-1]
