"""GET /v1/admin/audit-logs/verify."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, LiteralString

import pytest

from contextfs.journeys.keep.audit import seal
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows

PATH = "/v1/admin/audit-logs/verify"
Seal = Callable[[], int]


@pytest.fixture
def sealed(wiring: Wiring) -> Iterator[Seal]:
    """Give a function that seals what is new, as the schedule does."""
    platform = wiring.platform()
    yield lambda: seal(platform)
    platform.close()


@pytest.fixture
def log(tenant: Tenant, sealed: Seal) -> Tenant:
    """Give a tenant whose log has five sealed entries."""
    for number in range(5):
        assert tenant.call("POST", "/v1/projects", {"name": f"p{number}"}).status_code == 201
    sealed()
    return tenant


def report(tenant: Tenant, head: str = "") -> Any:
    """Ask for a check."""
    return tenant.call("GET", f"{PATH}?head={head}" if head else PATH).json()


def test_a_log_that_nobody_touched_is_intact(log: Tenant) -> None:
    found = report(log)

    assert (found["intact"], found["checked"], found["unsealed"], found["faults"]) == (True, 5, 0, [])
    assert found["head"].startswith("5:")


def test_what_is_not_sealed_yet_is_counted(log: Tenant, sealed: Seal) -> None:
    report(log)

    assert report(log)["unsealed"] == 1  # the check before this one
    sealed()
    assert (report(log)["intact"], report(log)["checked"]) == (True, 7)


FRAUDS: dict[str, tuple[LiteralString, str]] = {
    "changed": ("update contextfs.audit_log set actor = 'key:another' where org_id = %s and position = 3", "changed"),
    "details": (
        """update contextfs.audit_log set details = '{"n": 1}' where org_id = %s and position = 2""",
        "changed",
    ),
    "taken out": ("delete from contextfs.audit_log where org_id = %s and position = 3", "missing"),
    "cut off": ("delete from contextfs.audit_log where org_id = %s and position > 3", "cut_off"),
    "moved": (
        "update contextfs.audit_log set position = 10 - position where org_id = %s and position in (1, 2)",
        "missing",
    ),
    "head": ("delete from contextfs.audit_heads where org_id = %s", "cut_off"),
}


@pytest.mark.parametrize("fraud", FRAUDS)
def test_what_the_owner_of_the_database_does_is_found(log: Tenant, rows: Rows, fraud: str) -> None:
    statement, kind = FRAUDS[fraud]
    rows.connection.execute(statement, [log.org_id])

    found = report(log)

    assert not found["intact"]
    assert kind in {fault["kind"] for fault in found["faults"]}


_OURS: tuple[LiteralString, ...] = (
    "drop function contextfs.audit_digest(contextfs.audit_log)",
    "alter function contextfs.before(contextfs.audit_log) rename to audit_digest",
)
_THEIRS: tuple[LiteralString, ...] = (
    "alter function contextfs.audit_digest(contextfs.audit_log) rename to before",
    """
    create function contextfs.audit_digest(entry contextfs.audit_log) returns bytea language plpgsql as $$ begin
        entry.actor := coalesce(nullif(entry.actor, 'key:another'), (
            select actor from contextfs.audit_log as a where a.org_id = entry.org_id and a.position = 1
        ));
        return contextfs.before(entry);
    end $$
    """,
    "grant execute on function contextfs.audit_digest(contextfs.audit_log) to contextfs_app",
)


def test_a_function_that_spells_entries_as_they_were_hides_no_change(log: Tenant, rows: Rows) -> None:
    """Who owns the database owns its functions, too: what is checked is computed by none of these."""
    statement, kind = FRAUDS["changed"]
    try:
        for one in _THEIRS:
            rows.connection.execute(one)
        rows.connection.execute(statement, [log.org_id])
        found = report(log)
        hidden = rows.connection.execute(
            "select hash = sha256(before || contextfs.audit_digest(a)) as is_hidden from contextfs.audit_log as a,"
            " (select hash as before from contextfs.audit_log where org_id = %s and position = 2) as b"
            " where org_id = %s and position = 3",
            [log.org_id, log.org_id],
        ).fetchone()
    finally:
        for one in _OURS:
            rows.connection.execute(one)

    assert hidden == {"is_hidden": True}
    assert [(fault["kind"], fault["position"]) for fault in found["faults"]] == [(kind, 3)]


def test_a_log_that_was_written_anew_is_found_by_the_head_that_was_kept(log: Tenant, rows: Rows, sealed: Seal) -> None:
    head = report(log)["head"]
    assert report(log, head)["intact"]
    for statement in (
        "update contextfs.audit_log set position = null, hash = null where org_id = %s",
        "delete from contextfs.audit_heads where org_id = %s",
        "update contextfs.audit_log set actor = 'key:another' where org_id = %s",
    ):
        rows.connection.execute(statement, [log.org_id])
    sealed()

    assert report(log)["intact"]
    assert [fault["kind"] for fault in report(log, head)["faults"]] == ["forgotten"]


def test_it_holds_while_many_write_and_several_seal(tenant: Tenant, sealed: Seal) -> None:
    def act(number: int) -> Any:
        if number % 5 == 0:
            return sealed()
        if number % 7 == 0:
            return report(tenant)["faults"] == []
        return tenant.call("POST", "/v1/projects", {"name": f"p{number}"}).status_code == 201

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(act, range(1, 60)))
    sealed()
    found = report(tenant)

    assert all(one for one in done if isinstance(one, bool))
    assert (found["intact"], found["unsealed"]) == (True, 0)


def test_a_log_that_somebody_broke_stays_broken_and_holds_up_no_other(
    log: Tenant, other_tenant: Tenant, rows: Rows, sealed: Seal
) -> None:
    rows.connection.execute("delete from contextfs.audit_heads where org_id = %s", [log.org_id])
    log.call("POST", "/v1/projects", {"name": "later"})
    other_tenant.call("POST", "/v1/projects", {"name": "p"})
    sealed()

    assert [fault["kind"] for fault in report(log)["faults"]] == ["cut_off"]
    assert (report(other_tenant)["checked"], report(other_tenant)["intact"]) == (1, True)


def test_chains_of_tenants_are_apart(log: Tenant, other_tenant: Tenant, sealed: Seal) -> None:
    other_tenant.call("POST", "/v1/projects", {"name": "p"})
    sealed()

    assert (report(other_tenant)["checked"], report(other_tenant)["intact"]) == (1, True)
    assert report(log)["checked"] == 5


def test_a_key_of_one_project_cannot_check_the_whole(
    tenant: Tenant, second_project: Callable[[Tenant], Tenant]
) -> None:
    reply = second_project(tenant).call("GET", PATH)

    assert (reply.status_code, told(reply)["title"]) == (403, "The credential lacks a permission")


@pytest.mark.parametrize("head", ["0:00", "5", "x:" + "0" * 64, "1:" + "0" * 63])
def test_a_head_that_is_none_is_refused(tenant: Tenant, head: str) -> None:
    assert tenant.call("GET", f"{PATH}?head={head}").status_code == 422
