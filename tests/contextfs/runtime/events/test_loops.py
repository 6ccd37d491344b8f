"""The relay's and the worker's loops: one connection listens for all lanes, and each lane takes what is its own."""

import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
from starlette.testclient import TestClient

from contextfs.runtime.events.loops import RelayLoop, WorkerLoop
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import founded, settings_for
from tests.functions.letters import Letters

_PATIENCE_SECONDS = 30.0
_LISTENING = """
select count(*) from pg_stat_activity
where datname = current_database() and query ilike 'listen%contextfs_deliveries%'
"""
_LEFT = "select (select count(*) from contextfs.outbox) + (select count(*) from contextfs.deliveries)"
_TOOK = """
select count(*) from contextfs.consumed_events
where consumer in ('triggers.index_memory', 'triggers.embed')
"""


@contextmanager
def carrying(wired: Wiring) -> Generator[None]:
    stop = threading.Event()
    loops = [threading.Thread(target=loop(wired).run, args=(stop,)) for loop in (RelayLoop, WorkerLoop)]
    for loop in loops:
        loop.start()
    try:
        yield
    finally:
        stop.set()
        for loop in loops:
            loop.join()


def until(connection: psycopg.Connection[Any], query: bytes, wanted: int) -> int:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (found := (connection.execute(query).fetchone() or (-1,))[0]) != wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def test_one_connection_wakes_all_lanes(new_schema: Callable[[], str]) -> None:
    url = new_schema()
    wired = Wiring(settings_for(url))
    with (
        carrying(wired),
        psycopg.connect(url, autocommit=True) as connection,
        TestClient(gateway(wired.door, routes())) as http,
    ):
        listening = until(connection, _LISTENING.encode(), 1)
        tenant = founded(wired, http)
        new = {"project_id": str(tenant.project_id), "content": "We deploy with uv."}
        stored = tenant.call("POST", "/v1/memories", new)
        took, left = until(connection, _TOOK.encode(), 2), until(connection, _LEFT.encode(), 0)
        still = until(connection, _LISTENING.encode(), 1)
    wired.close()

    assert (201, 1, 2, 0, 1) == (stored.status_code, listening, took, left, still)


def test_a_schedule_with_a_mistake_in_it_holds_up_neither_events_nor_other_schedules(
    new_schema: Callable[[], str],
) -> None:
    def broken() -> None:
        raise RuntimeError

    url = new_schema()
    wired = Wiring(settings_for(url))
    wired.services = replace(wired.services, transcripts=broken)  # the last schedule but one asks for them
    with (
        psycopg.connect(url, autocommit=True) as connection,
        TestClient(gateway(wired.door, routes())) as http,
    ):
        tenant = founded(wired, http)
        tenant.call("POST", "/v1/query", {}, idempotency_key="old")
        connection.execute("update contextfs.idempotency_keys set created_at = now() - interval '25 hours'")
        with carrying(wired):
            new = {"project_id": str(tenant.project_id), "content": "We deploy with uv."}
            tenant.call("POST", "/v1/memories", new)
            took = until(connection, _TOOK.encode(), 2)
            kept = until(connection, b"select count(*) from contextfs.idempotency_keys", 0)
    wired.close()

    assert (2, 0) == (took, kept)


class Slow(Letters):
    """Works until it is told to end."""

    def __init__(self) -> None:
        self.working, self.end = threading.Event(), threading.Event()

    def embed(self, texts: Sequence[str]) -> Iterable[Iterable[float]]:
        """Embed, in the end."""
        self.working.set()
        self.end.wait(_PATIENCE_SECONDS)
        return super().embed(texts)


_HELD = """
select extract(epoch from max(locked_until))::float from contextfs.deliveries where consumer = 'triggers.embed'
"""


def test_what_is_worked_on_is_kept_from_others_for_as_long_as_it_takes(new_schema: Callable[[], str]) -> None:
    url = new_schema()
    wired, slow = Wiring(settings_for(url)), Slow()
    wired.services = replace(wired.services, embedder=lambda: slow)
    with (
        carrying(wired),
        psycopg.connect(url, autocommit=True) as connection,
        TestClient(gateway(wired.door, routes())) as http,
    ):

        def held() -> float:
            return (connection.execute(_HELD).fetchone() or (0.0,))[0] or 0.0

        tenant = founded(wired, http)
        tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "We deploy with uv."})
        assert slow.working.wait(_PATIENCE_SECONDS)
        first, deadline = held(), time.monotonic() + _PATIENCE_SECONDS / 2
        while (later := held()) <= first and time.monotonic() < deadline:
            time.sleep(0.1)
        slow.end.set()
        left = until(connection, _LEFT.encode(), 0)
    wired.close()

    assert later > first > 0
    assert left == 0
