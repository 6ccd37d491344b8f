"""What is due is told once, and what a crash left is told again as the same event."""

from collections.abc import Callable, Sequence

import pytest

from contextfs.journeys.consolidate.due import announce
from contextfs.kit.events import Event
from contextfs.runtime.wiring import Wiring
from functions.schedules import consolidate
from tests.conftest import Tenant
from tests.functions.conftest import Rows


class Broken:
    """A bus that takes events and then fails, as one does that dies before it answers."""

    def __init__(self) -> None:
        self.taken: list[Event] = []

    def publish(self, events: Sequence[Event]) -> None:
        """Take events, and die."""
        self.taken += events
        raise ConnectionError

    def close(self) -> None:
        """Hold nothing."""


def test_what_is_due_is_told_once(tenant: Tenant, rows: Rows, wiring: Wiring, settle_events: Callable[[], int]) -> None:
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "A fact."})
    settle_events()
    platform = wiring.platform()
    sweep = wiring.sweep(platform, wiring.bus(platform))
    consolidate.handle(sweep)
    consolidate.handle(sweep)
    platform.close()
    told = [row for row in rows.of("deliveries", tenant) if row["consumer"] == "triggers.consolidate"]

    assert [row["event"]["type"] for row in told] == ["consolidation.due"]
    assert rows.of("consolidations", tenant) == []


def test_what_a_crash_left_is_told_again_as_the_same_event(
    tenant: Tenant, rows: Rows, wiring: Wiring, settle_events: Callable[[], int]
) -> None:
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "A fact."})
    settle_events()
    platform, broken = wiring.platform(), Broken()
    for _ in range(2):
        with pytest.raises(ConnectionError):
            announce(platform, broken, wiring.clock)
    platform.close()
    mine = [event.id for event in broken.taken if event.org_id == tenant.org_id]

    assert (len(mine), len(set(mine)), len(rows.of("consolidations", tenant))) == (2, 1, 1)
