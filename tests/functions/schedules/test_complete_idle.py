"""A session that nothing came to for a while is completed, once, and learned from; one that goes on is not."""

from collections.abc import Callable, Generator
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contextfs.domain.sessions import store
from contextfs.runtime.events.sweep import Sweep
from contextfs.runtime.wiring import Wiring
from functions.schedules import complete_idle
from tests.conftest import Tenant
from tests.functions.conftest import Rows

SAID = {"role": "user", "content": "We decided to use Postgres for the queue, because Redis loses jobs."}


@pytest.fixture
def sweep(wiring: Wiring, rows: Rows) -> Generator[Callable[[timedelta], None]]:
    """Give a function that runs the schedule as if so much time had passed, with a day as the bound.

    It is for all organizations: what other tests left open would be completed, and learned from, with it.
    """
    rows.connection.execute("update contextfs.sessions set status = 'completed' where status = 'open'")
    platform = wiring.platform()

    def run(passed: timedelta) -> None:
        made = wiring.sweep(platform, wiring.bus(platform))
        complete_idle.handle(
            Sweep(
                platform=made.platform,
                bus=made.bus,
                clock=lambda: wiring.clock() + passed,
                pepper=b"",
                idle=made.idle,
            )
        )

    yield run
    platform.close()


def started(tenant: Tenant, **more: Any) -> str:
    new = {"project_id": str(tenant.project_id), "tool": "proxy", "messages": [SAID], **more}
    return tenant.call("POST", "/v1/sessions", new).json()["session"]["id"]


def status(tenant: Tenant, session: str) -> str:
    return tenant.call("GET", f"/v1/sessions/{session}").json()["status"]


DAY = timedelta(hours=25)


def test_what_nobody_completes_is_completed_once_and_learned_from(
    tenant: Tenant, other_tenant: Tenant, rows: Rows, sweep: Callable[..., None], settle_events: Callable[[], int]
) -> None:
    mine, theirs = started(tenant), started(other_tenant, visibility="private")
    before = tenant.call("GET", f"/v1/sessions/{mine}").json()
    sweep(timedelta(hours=23))
    settle_events()
    early = (status(tenant, mine), status(other_tenant, theirs))
    for _ in range(2):
        sweep(DAY)
        settle_events()
    after = tenant.call("GET", f"/v1/sessions/{mine}").json()

    assert ("open", "open") == early
    assert ("completed", "completed") == (after["status"], status(other_tenant, theirs))
    assert after["ended_at"] <= before["updated_at"]
    consumers = ("triggers.complete_idle", "triggers.extract")
    for one in (tenant, other_tenant):
        took = [row["consumer"] for row in rows.of("consumed_events", one) if row["consumer"] in consumers]
        assert sorted(took) == [*consumers]
    assert tenant.call("GET", "/v1/memories").json()["items"] != []


def test_one_that_something_came_to_meanwhile_stays_open(
    tenant: Tenant, sweep: Callable[..., None], settle_events: Callable[[], int]
) -> None:
    going_on, gone = started(tenant), started(tenant)
    sweep(DAY)
    tenant.call("POST", f"/v1/sessions/{going_on}/messages", {"messages": [SAID]})
    tenant.call("DELETE", f"/v1/sessions/{gone}")
    settle_events()

    assert "open" == status(tenant, going_on)
    assert [] == tenant.call("GET", "/v1/admin/dead-letters").json()["items"]


def test_what_is_said_afterwards_opens_it_again_and_it_is_completed_again(
    tenant: Tenant, sweep: Callable[..., None], settle_events: Callable[[], int]
) -> None:
    session = started(tenant)
    found: list[str] = []
    for _ in range(2):
        sweep(DAY)
        settle_events()
        found.append(status(tenant, session))
        tenant.call("POST", f"/v1/sessions/{session}/messages", {"messages": [SAID]})
        found.append(status(tenant, session))

    assert ["completed", "open", "completed", "open"] == found


def test_many_are_told_of_in_parts(tenant: Tenant, wiring: Wiring) -> None:
    sessions = {UUID(started(tenant)) for _ in range(5)}
    platform, before = wiring.platform(), wiring.clock() + DAY
    nobody, long_ago = UUID(int=0), wiring.clock() - 999 * DAY
    found: list[store.Idle] = [store.Idle(nobody, nobody, nobody, nobody, long_ago, long_ago)]
    while True:
        with platform.transaction() as (tx, _):
            some = store.idle(tx, before, behind=found[-1], limit=2)
        found += some
        if len(some) < 2:
            break
    platform.close()

    mine = [one.id for one in found if one.org_id == tenant.org_id]
    assert (sessions, len(sessions)) == (set(mine), len(mine))


def test_an_installation_may_leave_them_open(tenant: Tenant, wiring: Wiring, settle_events: Callable[[], int]) -> None:
    session = started(tenant)
    off = Wiring(msgspec.structs.replace(wiring.settings, idle_hours=0), lambda: wiring.clock() + DAY)
    platform = off.platform()
    complete_idle.handle(off.sweep(platform, off.bus(platform)))
    platform.close()
    settle_events()

    assert "open" == status(tenant, session)
