"""Events of an organization that lives elsewhere do not leave: they wait among the dead letters, and are told."""

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from starlette.testclient import TestClient

from contextfs.journeys.react.border import BORDER, HomeBus
from contextfs.journeys.react.relay import relay_once
from contextfs.kit.clock import system_clock
from contextfs.kit.errors import Unavailable
from contextfs.kit.events import Event
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, founded, settings_for


class Seen:
    """A cloud's bus that is away at first, and then keeps what it is given."""

    def __init__(self) -> None:
        self.away = True
        self.events: list[Event] = []

    def publish(self, events: Sequence[Event]) -> None:
        """Keep events, or be away."""
        if self.away:
            raise Unavailable("The topic takes no events.")
        self.events += events

    def close(self) -> None:
        """Give nothing back."""


class Here:
    """A region, with an organization that lives here and one that lives elsewhere."""

    def __init__(self, url: str, wired: Wiring, http: TestClient) -> None:
        self.url, self.wired = url, wired
        self.native, self.moved = founded(wired, http), founded(wired, http)
        self.lives(self.moved, "north")

    def lives(self, tenant: Tenant, region: str) -> None:
        """Move an organization's home."""
        self.rows("update contextfs.organizations set region = %s where org_id = %s returning 1", region, tenant.org_id)

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the database past all policies."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query, values).fetchall()  # pyright: ignore[reportArgumentType, reportCallIssue] - of a test


@pytest.fixture
def here(new_schema: Callable[[], str]) -> Iterator[Here]:
    url = new_schema()
    table = "south=https://south.example north=https://north.example"
    settings = msgspec.structs.replace(settings_for(url), region="south", regions=table, region_key="k" * 32)
    wired = Wiring(settings)
    # As it was before its data was moved: its calls come in without the border.
    open_door = msgspec.structs.replace(settings, regions=None)
    other = Wiring(open_door)
    with TestClient(gateway(other.door, routes(), on_stop=other.close)) as http:
        yield Here(url, wired, http)
    wired.close()


def due(org_id: UUID, kind: str) -> Event:
    told: dict[str, Any] = {"id": uuid4(), "type": kind, "org_id": org_id, "project_id": None, "subject": org_id}
    return Event(**told, time=system_clock(), actor="platform", reader=org_id)


def remember(tenant: Tenant) -> None:
    wanted = {"project_id": str(tenant.project_id), "content": "x", "type": "fact"}
    assert tenant.call("POST", "/v1/memories", wanted).status_code == 201


def test_they_are_kept_told_and_sent_again_when_it_lives_here(here: Here, caplog: pytest.LogCaptureFixture) -> None:
    remember(here.native)
    remember(here.moved)
    platform, seen, regions = here.wired.platform(), Seen(), here.wired.services.regions
    assert regions is not None
    bus = HomeBus(seen, platform, regions, here.wired.clock, here.wired.services.entropy)
    with pytest.raises(Unavailable):  # what was kept is kept, and what could not leave waits
        relay_once(platform, bus, here.wired.clock)
    seen.away = False
    here.rows("update contextfs.outbox set locked_until = null returning 1")
    with caplog.at_level(logging.ERROR):
        relay_once(platform, bus, here.wired.clock)

    assert {event.org_id for event in seen.events} == {here.native.org_id}
    assert here.rows("select 1 from contextfs.outbox") == []
    letters = here.moved.call("GET", "/v1/admin/dead-letters").json()["items"]
    assert {(letter["consumer"], letter["error"]) for letter in letters} == {
        (BORDER, "The organization lives in north: its events do not leave south.")
    }
    assert len(letters) == len({letter["event_id"] for letter in letters}) > 0
    assert "event stopped at the border of the region" in caplog.text
    assert here.native.call("GET", "/v1/admin/dead-letters").json()["items"] == []

    here.lives(here.moved, "south")
    for letter in letters:
        here.moved.call("POST", f"/v1/admin/dead-letters/{letter['id']}/replay")
    relay_once(platform, bus, here.wired.clock)
    platform.close()

    assert {event.org_id for event in seen.events} == {here.native.org_id, here.moved.org_id}


def test_what_a_clock_tells_again_is_told_in_the_log_and_not_kept(here: Here, caplog: pytest.LogCaptureFixture) -> None:
    platform, seen, regions = here.wired.platform(), Seen(), here.wired.services.regions
    assert regions is not None
    seen.away = False
    bus = HomeBus(seen, platform, regions, here.wired.clock, here.wired.services.entropy)
    native, moved = here.native.org_id, here.moved.org_id
    with caplog.at_level(logging.INFO):
        bus.publish([due(native, "audit_stream.due"), *(due(moved, "audit_stream.due") for _ in range(3))])
        bus.publish([due(moved, "consolidation.due")])
    platform.close()

    assert [event.org_id for event in seen.events] == [native]
    assert here.rows("select event->>'type' from contextfs.dead_letters") == [("consolidation.due",)]
    told = [record.levelname for record in caplog.records if "stopped at the border" in record.message]
    assert told == ["INFO", "INFO", "INFO", "ERROR"]


def test_the_bus_of_a_process_is_guarded_where_there_are_regions(here: Here) -> None:
    remember(here.moved)
    platform = here.wired.platform()
    bus = here.wired.bus(platform)
    relay_once(platform, bus, here.wired.clock)
    platform.close()

    assert here.rows("select 1 from contextfs.deliveries") == []
    assert here.rows("select distinct consumer from contextfs.dead_letters") == [(BORDER,)]
