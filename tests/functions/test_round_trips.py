"""What is asked first comes along with who calls: how many round trips to the database a call takes."""

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
from psycopg import pq
from psycopg.abc import PQGen

from contextfs.adapters.database import flight
from tests.conftest import Tenant
from tests.functions.asking import Things


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Give a list that grows with each round trip that a call waits for: by how many flights land."""
    answers, landed = flight._answers, list[int]()  # pyright: ignore[reportPrivateUsage]

    def counted(pgconn: pq.abc.PGconn, flights: int) -> PQGen[list[pq.abc.PGresult]]:
        if threading.current_thread().name.startswith("AnyIO"):  # a call's; nobody waits for what others do meanwhile
            landed.append(flights)
        return answers(pgconn, flights)

    monkeypatch.setattr(flight, "_answers", counted)
    return landed


def _counted(trips: list[int], call: Callable[[], object]) -> int:
    call()  # the first leases an allowance
    before = len(trips)
    call()
    return len(trips) - before


def test_who_reads_one_thing_has_it_in_one(tenant: Tenant, things: Things, trips: list[int]) -> None:
    memory, session = f"/v1/memories/{things.memory_id}", f"/v1/sessions/{things.session_id}"

    assert [_counted(trips, lambda path=path: tenant.call("GET", path)) for path in (memory, session)] == [1, 1]


def test_who_writes_opens_writes_and_settles(tenant: Tenant, things: Things, trips: list[int]) -> None:
    assert [_counted(trips, call) for call in _writing(tenant, things)] == [2, 2]


def test_who_writes_with_a_key_reserves_it_along_with_that(tenant: Tenant, things: Things, trips: list[int]) -> None:
    """What is asked first comes along, too."""
    keyed = _writing(tenant, things, key=lambda: {"idempotency_key": uuid4().hex})

    assert [_counted(trips, call) for call in keyed] == [2, 2]


def _writing(
    tenant: Tenant, things: Things, key: Callable[[], dict[str, str]] = dict
) -> tuple[Callable[[], None], Callable[[], None]]:
    def remember() -> None:
        body = {"project_id": str(tenant.project_id), "content": uuid4().hex}
        assert tenant.call("POST", "/v1/memories", body, **key()).status_code == 201

    def say() -> None:
        body = {"messages": [{"role": "user", "content": uuid4().hex}]}
        path = f"/v1/sessions/{things.session_id}/messages"
        assert tenant.call("POST", path, body, **key()).status_code == 201

    return remember, say
