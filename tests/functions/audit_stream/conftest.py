"""A receiver, a process that may reach it, and what makes a stream go on."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from starlette.testclient import TestClient

from contextfs.domain.events.model import Delivery
from contextfs.journeys.keep.audit import seal
from contextfs.journeys.react.deliver import claim, deliver
from contextfs.journeys.react.relay import relay_once
from contextfs.kit.clock import system_clock
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes, triggers
from functions.schedules import stream_audit
from tests.conftest import Tenant, founded, settings_for
from tests.functions.audit_stream.receiver import Receiver
from tests.functions.conftest import Rows

PATH = "/v1/admin/audit-logs/stream"
TRIGGER = next(one for one in triggers() if one.name == "triggers.stream_audit")
Carry = Callable[[], None]


class Time:
    """The time, moved on by tests."""

    passed = timedelta(0)


@pytest.fixture
def time() -> Time:
    """Give the time that has passed."""
    return Time()


@pytest.fixture
def streaming(database_url: str, time: Time, rows: Rows) -> Iterator[Wiring]:
    """Give a process's parts that may send to this machine, and whose clock a test moves."""
    settings = msgspec.structs.replace(settings_for(database_url), stream_networks="127.0.0.0/8")
    wired = Wiring(settings, clock=lambda: system_clock() + time.passed)
    yield wired
    wired.close()
    rows.connection.execute("delete from contextfs.audit_streams")


@pytest.fixture
def http_there(streaming: Wiring) -> Iterator[TestClient]:
    """Give an HTTP client of that process."""
    with TestClient(gateway(streaming.door, routes())) as client:
        yield client


@pytest.fixture
def owner(streaming: Wiring, http_there: TestClient) -> Tenant:
    """Give an organization, called through that process."""
    return founded(streaming, http_there)


@pytest.fixture
def other_owner(streaming: Wiring, http_there: TestClient) -> Tenant:
    """Give another one."""
    return founded(streaming, http_there)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a receiver that listens."""
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def carry(streaming: Wiring) -> Iterator[Carry]:
    """Give a function that seals, looks what is due and carries it, until nothing is on its way."""
    platform = streaming.platform()
    bus = streaming.bus(platform)

    def take(one: Delivery) -> None:
        streaming.reactor.react(TRIGGER, one.event)

    def run() -> None:
        seal(platform)
        stream_audit.handle(streaming.sweep(platform, bus))
        while True:
            moved = relay_once(platform, bus, streaming.clock)
            due = claim(platform, [TRIGGER.name], streaming.clock, streaming.services.entropy, limit=100)
            for one in due:
                assert deliver(
                    platform,
                    one,
                    take,
                    streaming.clock,
                    streaming.services.entropy,
                )
            if not moved and not due:
                return

    yield run
    platform.close()


def stream_to(tenant: Tenant, receiver: Receiver, **more: Any) -> dict[str, Any]:
    """Set where the log is streamed to; gives what was answered."""
    reply = tenant.call("PUT", PATH, {"url": receiver.url, **more})
    assert reply.status_code == 200, reply.text
    return reply.json()


def act(tenant: Tenant, times: int) -> None:
    """Do something that the log tells of."""
    for _ in range(times):
        assert tenant.call("POST", "/v1/projects", {"name": str(uuid4())}).status_code == 201


def sealed(rows: Rows, tenant: Tenant) -> list[int]:
    """List the positions of all entries of a log, in order."""
    return sorted(row["position"] for row in rows.of("audit_log", tenant) if row["position"] is not None)
