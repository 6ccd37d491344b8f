"""An event that its consumer cannot take: tried again later and later, buried, seen, sent again; others pass it by."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from contextfs.domain.access.store import assuming
from contextfs.domain.events.model import Delivery
from contextfs.domain.events.rules import MOST_ATTEMPTS
from contextfs.journeys.react.deliver import claim, deliver
from contextfs.journeys.react.relay import relay_once
from contextfs.kit.ports import Database
from contextfs.runtime.wiring import Wiring, triggers
from tests.conftest import Tenant, settings_for
from tests.functions.conftest import Rows

POISONED = "triggers.extract"


class Time:
    """A clock that the test sets forward."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


class Carrier:
    """Relay and worker, one turn at a time."""

    def __init__(self, wiring: Wiring, platform: Database) -> None:
        self._wiring = wiring
        self._platform = platform
        self._triggers = {trigger.name: trigger for trigger in triggers()}

    def turn(self) -> int:
        """Carry all that is due now; give how many deliveries failed."""
        clock, failed = self._wiring.clock, 0
        while relay_once(self._platform, self._wiring.bus(self._platform), clock):  # pyright: ignore[reportArgumentType] - the wiring's own database
            pass
        while due := claim(self._platform, list(self._triggers), clock, os.urandom, limit=100):
            failed += sum(not deliver(self._platform, one, self._consume, clock, os.urandom) for one in due)
        return failed

    def _consume(self, delivery: Delivery) -> None:
        self._wiring.reactor.react(self._triggers[delivery.consumer], delivery.event)


@pytest.fixture
def time(wiring: Wiring) -> Time:
    """Give a clock that begins now."""
    return Time(wiring.clock())


@pytest.fixture
def carrier(database_url: str, time: Time) -> Iterator[Carrier]:
    """Give a relay and a worker that go by the test's clock."""
    wired = Wiring(settings_for(database_url), clock=time)
    platform = wired.platform()
    yield Carrier(wired, platform)
    platform.close()
    wired.close()


def completed(tenant: Tenant, content: str) -> str:
    """Complete a session in which something was decided."""
    body = {
        "project_id": str(tenant.project_id),
        "tool": "test",
        "messages": [{"role": "user", "content": content, "external_id": "m"}],
    }
    session_id: str = tenant.call("POST", "/v1/sessions", body).json()["session"]["id"]
    assert tenant.call("POST", f"/v1/sessions/{session_id}/complete").status_code == 200
    return session_id


def set_kind(rows: Rows, session_id: str, kind: str) -> None:
    """Write a message's kind past the product: one that it does not know is what a broken import would leave."""
    rows.connection.execute("update contextfs.messages set kind = %s where session_id = %s", [kind, session_id])


def consumed(rows: Rows, tenant: Tenant, consumer: str) -> int:
    return sum(row["consumer"] == consumer for row in rows.of("consumed_events", tenant))


def letters(tenant: Tenant) -> list[Any]:
    return tenant.call("GET", "/v1/admin/dead-letters").json()["items"]


def test_a_poisoned_event_is_tried_buried_seen_and_replayed_and_others_pass_it_by(
    tenant: Tenant, other_tenant: Tenant, rows: Rows, carrier: Carrier, time: Time
) -> None:
    poisoned = completed(tenant, "We decided to use Postgres for the queue.")
    set_kind(rows, poisoned, "nonsense")
    waits: list[float] = []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        healthy = completed(other_tenant, f"We decided to use queue number {attempt}.")

        assert carrier.turn() == 1
        assert carrier.turn() == 0, "not before its time"
        assert consumed(rows, other_tenant, POISONED) == attempt, f"{healthy} was held up"
        for row in rows.of("deliveries", tenant):
            assert (row["consumer"], row["attempts"]) == (POISONED, attempt)
            waits.append((row["run_at"] - time.now).total_seconds())
            time.now = row["run_at"]
    (letter,) = letters(tenant)

    assert waits == [1, 2, 4, 8, 16, 32, 64]
    assert rows.of("deliveries", tenant) == []
    assert (letter["consumer"], letter["attempts"], letter["event"]["subject"]) == (POISONED, MOST_ATTEMPTS, poisoned)
    assert letter["error"] == "ValidationError", "its own words may quote content"
    assert consumed(rows, tenant, POISONED) == 0
    assert letters(other_tenant) == []

    replay = f"/v1/admin/dead-letters/{letter['id']}/replay"
    time.now += timedelta(minutes=1)
    tenant.call("POST", replay)
    assert carrier.turn() == 1, "its cause is still there"

    set_kind(rows, poisoned, "prompt")
    time.now += timedelta(minutes=1)
    assert carrier.turn() == 0
    assert consumed(rows, tenant, POISONED) == 1
    assert rows.of("deliveries", tenant) == []
    assert letters(tenant)[0]["replayed_at"] is not None

    tenant.call("POST", replay)
    assert carrier.turn() == 0
    assert consumed(rows, tenant, POISONED) == 1, "what was taken is not taken again"


def test_an_event_that_cannot_be_read_is_buried_and_stops_nobody(
    tenant: Tenant, settle_events: Callable[[], int], wiring: Wiring
) -> None:
    body = {"project_id": str(tenant.project_id), "content": "Written behind an event that cannot be read."}
    with wiring.database.transaction(assuming(tenant.org_id, tenant.user_id)) as (tx, _):
        tx.run(
            "insert into deliveries (org_id, consumer, event_id, event, run_at)"
            " values (%(org)s, 'triggers.index_memory', %(org)s, '{}', '2020-01-01')",
            {"org": tenant.org_id},
        )

    tenant.call("POST", "/v1/memories", body)
    settle_events()

    letters = tenant.call("GET", "/v1/admin/dead-letters").json()["items"]
    assert [letter["error"] for letter in letters] == ["The event cannot be read."]
    assert tenant.call("POST", f"/v1/admin/dead-letters/{letters[0]['id']}/replay").status_code == 422
    assert len(tenant.call("POST", "/v1/search/hybrid", {"query": "Written behind an event"}).json()["hits"]) == 1
