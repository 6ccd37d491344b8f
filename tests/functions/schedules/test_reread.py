"""A record that an older reader read is read again by itself, once, whosever it is; one of a newer reader is not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from contextfs.runtime.wiring import Wiring
from functions.schedules import reread
from tests.conftest import Tenant
from tests.functions.conftest import Rows
from tests.functions.recorded import RECORD, VERSION, captured, said, show


@pytest.fixture
def sweep(wiring: Wiring, tenant: Tenant, rows: Rows, settle_events: Callable[[], int]) -> Callable[[], int]:
    """Give a function that runs the schedule, and carries what it tells of; gives how often it was taken here."""

    def run() -> int:
        platform = wiring.platform()
        reread.handle(wiring.sweep(platform, wiring.bus(platform)))
        platform.close()
        settle_events()
        took = [row["consumer"] for row in rows.of("consumed_events", tenant)]
        return took.count("triggers.reread")

    return run


def test_what_an_older_reader_read_is_read_again_once_in_each_organization(
    tenant: Tenant, other_tenant: Tenant, sweep: Callable[[], int], settle_events: Callable[[], int]
) -> None:
    mine, theirs = captured(tenant), captured(other_tenant, visibility="private")
    settle_events()
    sweep()
    first = [said(tenant, mine), said(other_tenant, theirs)]
    again = sweep()

    assert [said(tenant, captured(tenant, right=True, external_id="other"))] * 2 == first
    assert 1 == again
    for one, session in ((tenant, mine), (other_tenant, theirs)):
        assert (f"claude-code/{VERSION}", None) == (show(one, session)["reader"], show(one, session)["problem"])
    assert [] == tenant.call("GET", "/v1/admin/dead-letters").json()["items"]


def test_what_comes_by_an_older_reader_afterwards_is_due_again(
    tenant: Tenant, sweep: Callable[[], int], settle_events: Callable[[], int]
) -> None:
    session = captured(tenant, lines=RECORD[:3])
    settle_events()
    sweep()
    behind = {"reader": "claude-code/1", "line": 3, "lines": RECORD[3:]}
    put = tenant.call("PUT", f"/v1/sessions/{session}/record", behind)
    sweep()

    assert (200, f"claude-code/{VERSION}") == (put.status_code, show(tenant, session)["reader"])
    assert said(tenant, captured(tenant, right=True, external_id="other")) == said(tenant, session)


@pytest.mark.parametrize("reader", [f"claude-code/{VERSION}", "claude-code/99", "some-tool/1"])
def test_what_is_not_read_better_here_is_left_alone(
    tenant: Tenant, sweep: Callable[[], int], settle_events: Callable[[], int], reader: str
) -> None:
    session = captured(tenant, reader=reader)
    before: list[Any] = said(tenant, session)
    settle_events()

    assert (0, before, reader) == (sweep(), said(tenant, session), show(tenant, session)["reader"])


def test_a_newer_reader_than_ours_is_not_overruled_by_what_came_before(
    tenant: Tenant, sweep: Callable[[], int], settle_events: Callable[[], int]
) -> None:
    session = captured(tenant, lines=RECORD[:3])
    tenant.call("PUT", f"/v1/sessions/{session}/record", {"reader": "claude-code/99", "line": 3, "lines": RECORD[3:]})
    settle_events()

    assert 0 == sweep()


def test_a_session_of_a_colleague_is_read_as_theirs(
    tenant: Tenant,
    colleague: Callable[[Tenant], Tenant],
    sweep: Callable[[], int],
    settle_events: Callable[[], int],
) -> None:
    ben = colleague(tenant)
    session = captured(replace(ben, project_id=tenant.project_id), visibility="private")
    settle_events()
    sweep()

    assert f"claude-code/{VERSION}" == show(ben, session)["reader"]
    assert 404 == tenant.call("GET", f"/v1/sessions/{session}/record").status_code
