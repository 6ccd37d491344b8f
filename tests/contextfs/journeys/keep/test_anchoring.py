"""Where an audit log ended is known outside of the database: who owns that takes nothing off the end unseen."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contextfs.domain.audit import anchors
from contextfs.journeys.keep.anchoring import anchor
from contextfs.journeys.keep.audit import seal
from contextfs.journeys.keep.retention import cut
from contextfs.kit.ports import Blobs
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.conftest import Rows, rows

__all__ = ["rows"]

Note = Callable[[], int]


@pytest.fixture
def blobs(wiring: Wiring) -> Blobs:
    """Give where files are kept."""
    kept = wiring.services.blobs()
    assert kept is not None
    return kept


@pytest.fixture
def note(wiring: Wiring, blobs: Blobs) -> Iterator[Note]:
    """Give a function that seals, and notes where chains end, as the schedules do."""
    platform = wiring.platform()

    def run() -> int:
        seal(platform)
        return anchor(platform, blobs, wiring.services.key_pepper, wiring.clock())

    yield run
    platform.close()


@pytest.fixture
def log(tenant: Tenant, note: Note) -> Tenant:
    """Give a tenant with five entries, the end of which is noted."""
    act(tenant, 5)
    note()
    return tenant


def act(tenant: Tenant, times: int) -> None:
    for number in range(times):
        assert tenant.call("POST", "/v1/projects", {"name": f"{uuid4()} {number}"}).status_code == 201


def report(tenant: Tenant) -> Any:
    return tenant.call("GET", "/v1/admin/audit-logs/verify").json()


def kinds(tenant: Tenant) -> list[str]:
    return [fault["kind"] for fault in report(tenant)["faults"]]


def take_off(log: Tenant, rows: Rows) -> None:
    """Take the last two entries off a log as who owns the database does, so that nothing in it tells."""
    rows.connection.execute("delete from contextfs.audit_log where org_id = %s and position > 3", [log.org_id])
    rows.connection.execute(
        "update contextfs.audit_heads as h set position = 3, hash = a.hash from contextfs.audit_log as a"
        " where h.org_id = %s and a.org_id = h.org_id and a.position = 3",
        [log.org_id],
    )
    rows.connection.execute("delete from contextfs.audit_log where org_id = %s and position is null", [log.org_id])


def test_an_end_that_was_taken_off_is_found(log: Tenant, other_tenant: Tenant, note: Note, rows: Rows) -> None:
    act(other_tenant, 5)
    note()
    before = report(log)
    take_off(log, rows)

    assert (before["intact"], before["anchored"]) == (True, 5)
    assert kinds(log) == ["forgotten"]
    assert (report(other_tenant)["intact"], kinds(other_tenant)) == (True, [])


def test_nothing_in_the_database_tells_that(log: Tenant, rows: Rows, blobs: Blobs) -> None:
    take_off(log, rows)
    blobs.delete(anchors.key(log.org_id))
    found = report(log)

    assert (found["intact"], found["anchored"]) == (True, None)


def test_a_log_that_is_longer_again_does_not_hide_it(log: Tenant, note: Note, rows: Rows, blobs: Blobs) -> None:
    take_off(log, rows)
    noted = b"".join(blobs.get(anchors.key(log.org_id)))
    act(log, 4)
    note()

    assert kinds(log) == ["forgotten"]
    assert b"".join(blobs.get(anchors.key(log.org_id))) == noted


def test_the_end_is_noted_as_it_moves_and_only_then(log: Tenant, note: Note) -> None:
    note()
    still = note()
    act(log, 2)
    note()

    assert still == 0
    assert (report(log)["anchored"], report(log)["intact"]) == (7, True)


def test_what_the_retention_let_go_is_no_reason_for_suspicion(log: Tenant, note: Note, wiring: Wiring) -> None:
    log.call("PUT", "/v1/admin/audit-logs/retention", {"keep_days": 30})
    note()
    platform = wiring.platform()
    act(log, 1)
    seal(platform)
    later = wiring.clock() + timedelta(days=31)
    cut(platform, wiring.services.key_pepper, lambda: later, wiring.services.entropy)
    platform.close()
    between = report(log)
    note()
    after = report(log)

    assert (between["intact"], between["expired"]) == (True, 6)
    assert after["intact"]
    assert after["anchored"] > 6


def test_a_file_that_nobody_can_read_is_told(log: Tenant, note: Note, blobs: Blobs) -> None:
    blobs.put(anchors.key(log.org_id), [b"nonsense"])
    note()

    assert kinds(log) == ["forgotten"]
