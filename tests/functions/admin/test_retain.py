"""PUT /v1/admin/audit-logs/retention: what is old goes, the rest can be checked, and nothing else is taken out."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any, LiteralString
from uuid import UUID

import pytest

from contextfs.domain.audit import retention
from contextfs.journeys.keep.anchoring import anchor
from contextfs.journeys.keep.audit import seal
from contextfs.journeys.keep.retention import cut
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows

PATH = "/v1/admin/audit-logs/retention"
VERIFY = "/v1/admin/audit-logs/verify"
Let = Callable[..., int]


@pytest.fixture
def let_go(wiring: Wiring) -> Iterator[Let]:
    """Give a function that seals, notes where chains end, and cuts what is due in so many days."""
    platform, blobs = wiring.platform(), wiring.services.blobs()

    def run(days: int = 0, key: bytes = wiring.services.key_pepper, most: int = 10_000) -> int:
        seal(platform)
        anchor(platform, blobs, wiring.services.key_pepper, wiring.clock())
        return cut(platform, blobs, key, lambda: wiring.clock() + timedelta(days=days), os.urandom, most=most)

    yield run
    platform.close()


@pytest.fixture
def log(tenant: Tenant, rows: Rows, let_go: Let) -> Tenant:
    """Give a tenant with five entries, of which three are older than thirty days, and which keeps as many."""
    while let_go():  # logs of other tests, which are cut and counted with this one
        pass
    return with_old_entries(tenant, rows)


def with_old_entries(tenant: Tenant, rows: Rows) -> Tenant:
    for number in range(5):
        tenant.call("POST", "/v1/projects", {"name": f"p{number}"})
    old = sorted(rows.of("audit_log", tenant), key=lambda row: row["id"])[:3]
    rows.connection.execute(
        "update contextfs.audit_log set at = at - interval '40 days' where id = any(%s)", [[row["id"] for row in old]]
    )
    assert tenant.call("PUT", PATH, {"keep_days": 30}).status_code == 200
    return tenant


def report(tenant: Tenant, head: str = "") -> Any:
    return tenant.call("GET", f"{VERIFY}?head={head}" if head else VERIFY).json()


def test_what_is_old_goes_and_the_rest_can_be_checked(log: Tenant, let_go: Let, rows: Rows) -> None:
    gone = let_go()
    let_go()
    found = report(log)
    actions = [entry["action"] for entry in log.call("GET", "/v1/admin/audit-logs?limit=200").json()["items"]]
    (entry,) = rows.audited(log, "audit_log.cut")

    assert gone == 3
    assert (found["intact"], found["expired"], found["checked"], found["faults"]) == (True, 3, 4, [])
    assert actions.count("project.created") == 2
    assert entry["details"] == {"until": 3, "entries": 3, "keep_days": 30}
    assert rows.audited(log, "audit_log.retention_set")[0]["details"] == {"keep_days": 30}


def test_it_is_cut_again_and_again(log: Tenant, let_go: Let) -> None:
    cuts = [let_go(), let_go(), let_go(days=31), let_go(days=90)]
    let_go()
    found = report(log)

    assert cuts[:2] == [3, 0]
    assert cuts[2] > 0
    assert (found["intact"], found["faults"]) == (True, [])
    assert found["expired"] >= 5


def test_without_a_retention_nothing_goes(log: Tenant, other_tenant: Tenant, let_go: Let, rows: Rows) -> None:
    other_tenant.call("POST", "/v1/projects", {"name": "p"})
    log.call("PUT", PATH, {"keep_days": None})

    before = len(rows.of("audit_log", log)), len(rows.of("audit_log", other_tenant))
    let_go(days=30_000)

    assert (len(rows.of("audit_log", log)), len(rows.of("audit_log", other_tenant))) == before
    assert log.call("GET", PATH).json() == {"keep_days": None}


def test_a_head_that_was_kept_is_found_while_it_is_there(log: Tenant, let_go: Let) -> None:
    let_go(days=-400)
    before = report(log)["head"]
    let_go()
    let_go()
    after = report(log)["head"]
    log.call("POST", "/v1/projects", {"name": "later"})
    let_go(days=31)
    too_old = log.call("GET", f"{VERIFY}?head={before}")

    assert before != after
    assert too_old.status_code == 422
    assert "are not kept any more" in told(too_old)["detail"]


FRAUDS: dict[str, LiteralString] = {
    "more is taken out": "delete from contextfs.audit_log where org_id = %s and position = 4",
    "the checkpoint is gone": "delete from contextfs.audit_checkpoints where org_id = %s",
    "the checkpoint is moved": "update contextfs.audit_checkpoints set position = 4 where org_id = %s",
    "the checkpoint says another hash": "update contextfs.audit_checkpoints set hash = 'x' where org_id = %s",
}


@pytest.mark.parametrize("fraud", FRAUDS)
def test_what_the_owner_of_the_database_takes_out_is_found(log: Tenant, let_go: Let, rows: Rows, fraud: str) -> None:
    let_go()
    rows.connection.execute(FRAUDS[fraud], [log.org_id])
    found = report(log)

    assert "missing" in {fault["kind"] for fault in found["faults"]}


def test_a_cut_that_somebody_else_signed_explains_nothing(log: Tenant, let_go: Let) -> None:
    let_go(key=b"the key of somebody else")

    assert [fault["kind"] for fault in report(log)["faults"]] == ["missing"]


def test_a_function_that_spells_an_entry_as_it_was_has_no_change_let_go(log: Tenant, let_go: Let, rows: Rows) -> None:
    """Who owns the database owns its functions, too: what is cut is vouched for by none that spells entries."""
    let_go(days=-400)
    [ours] = rows.connection.execute("select pg_get_functiondef('contextfs.audit_digest'::regproc) as d").fetchall()
    rows.connection.execute(
        "update contextfs.audit_log set action = 'nothing.happened' where org_id = %s and position = 2", [log.org_id]
    )
    rows.connection.execute(
        ours["d"].replace("(entry).action", "replace((entry).action, 'nothing.happened', 'project.created')")
    )
    try:
        gone = let_go()
        hidden = rows.connection.execute(
            "select a.hash = sha256(b.hash || contextfs.audit_digest(a)) as is_hidden from contextfs.audit_log as a,"
            " contextfs.audit_log as b"
            " where a.org_id = %s and a.position = 2 and b.org_id = a.org_id and b.position = 1",
            [log.org_id],
        ).fetchone()
    finally:
        rows.connection.execute(ours["d"])

    assert hidden == {"is_hidden": True}
    assert gone == 0
    assert [fault["kind"] for fault in report(log)["faults"]] == ["changed"]


def test_who_is_late_raises_no_alarm(
    log: Tenant, let_go: Let, wiring: Wiring, caplog: pytest.LogCaptureFixture
) -> None:
    let_go(days=-400)
    first, late, blobs = wiring.platform(), wiring.platform(), wiring.services.blobs()
    gone: list[int] = []

    def overtaken(count: int) -> bytes:
        gone.append(cut(first, blobs, wiring.services.key_pepper, wiring.clock, os.urandom))
        return os.urandom(count)

    gone.append(cut(late, blobs, wiring.services.key_pepper, wiring.clock, overtaken))
    first.close()
    late.close()

    assert gone == [3, 0]
    assert str(log.org_id) not in [getattr(one, "org_id", "") for one in caplog.records]


def test_a_long_log_goes_in_parts(log: Tenant, let_go: Let, rows: Rows) -> None:
    gone = let_go(most=2)
    let_go()
    found = report(log)

    assert gone == 3
    assert [one["details"]["entries"] for one in rows.audited(log, "audit_log.cut")] == [2, 1]
    assert [one["position"] for one in rows.of("audit_checkpoints", log)] == [2, 3]
    assert (found["intact"], found["expired"], found["faults"]) == (True, 3, [])


def test_one_log_with_which_a_run_ends_keeps_no_other_waiting(
    log: Tenant, other_tenant: Tenant, let_go: Let, rows: Rows, wiring: Wiring
) -> None:
    with_old_entries(other_tenant, rows)
    let_go(days=-400)
    platform, both = wiring.platform(), {log.org_id, other_tenant.org_id}

    def due() -> list[UUID]:
        with platform.transaction() as (tx, _):
            return [one.org_id for one in retention.to_cut(tx, wiring.clock()) if one.org_id in both]

    def die(_: int) -> bytes:
        raise KeyboardInterrupt

    before = due()
    with pytest.raises(KeyboardInterrupt):
        cut(platform, wiring.services.blobs(), wiring.services.key_pepper, wiring.clock, die)
    after = due()
    platform.close()

    assert {*before} == both
    assert after == [*before[1:], before[0]]


def test_a_cut_looks_itself_at_what_goes(log: Tenant, let_go: Let, rows: Rows, wiring: Wiring) -> None:
    """What is changed between the look at a chain and the cut stays, too."""
    let_go(days=-400)
    platform = wiring.platform()

    def changed_meanwhile(count: int) -> bytes:
        rows.connection.execute(
            "update contextfs.audit_log set actor = 'key:another' where org_id = %s and position = 2", [log.org_id]
        )
        return os.urandom(count)

    gone = cut(platform, wiring.services.blobs(), wiring.services.key_pepper, wiring.clock, changed_meanwhile)
    platform.close()

    assert gone == 0
    assert [fault["kind"] for fault in report(log)["faults"]] == ["changed"]


def test_two_runs_at_once_cut_a_log_once(log: Tenant, let_go: Let, wiring: Wiring, rows: Rows) -> None:
    let_go(days=-400)
    together = Barrier(2)

    def both_there(count: int) -> bytes:
        together.wait()
        return os.urandom(count)

    def run(_: int) -> int:
        platform = wiring.platform()
        gone = cut(platform, wiring.services.blobs(), wiring.services.key_pepper, wiring.clock, both_there)
        platform.close()
        return gone

    with ThreadPoolExecutor(2) as pool:
        gone = sorted(pool.map(run, range(2)))

    assert gone == [0, 3]
    assert len(rows.of("audit_checkpoints", log)) == 1


def test_a_cut_covers_nothing_that_was_taken_out_before(log: Tenant, let_go: Let, rows: Rows) -> None:
    """A checkpoint of their own stands where who owns the database took entries out: no later one makes it good."""
    let_go(days=-400)
    rows.connection.execute(
        "with gone as ("
        "    delete from contextfs.audit_log where org_id = %s and position < 3 returning org_id, position, hash)"
        " insert into contextfs.audit_checkpoints select org_id, position, hash, 'none of ours', now() from gone",
        [log.org_id],
    )
    gone = let_go()

    assert gone == 0
    assert [(one["kind"], one["position"], one["until"]) for one in report(log)["faults"]] == [("missing", 1, 2)]


def test_a_log_that_does_not_hold_is_not_cut(log: Tenant, let_go: Let, rows: Rows) -> None:
    let_go(days=-400)
    rows.connection.execute(
        "update contextfs.audit_log set actor = 'key:another' where org_id = %s and position = 2", [log.org_id]
    )

    assert let_go() == 0
    assert [fault["kind"] for fault in report(log)["faults"]] == ["changed"]


@pytest.mark.parametrize("days", [0, 29, 36_501, "long", 1.5])
def test_a_retention_that_is_none_is_refused(tenant: Tenant, days: Any) -> None:
    reply = tenant.call("PUT", PATH, {"keep_days": days})

    assert (reply.status_code, told(reply)["where"]) == (422, "$.keep_days")


def test_it_takes_the_permission_and_every_project(tenant: Tenant, key_with: Callable[..., Tenant]) -> None:
    lesser = [key_with(tenant, role="member"), key_with(tenant, role="owner", project_id=str(tenant.project_id))]

    assert [one.call("PUT", PATH, {"keep_days": 30}).status_code for one in lesser] == [403, 403]
