"""What two sessions taught becomes one memory; doing it twice, or two at once, changes nothing more."""

from collections.abc import Callable
from typing import Any

from tests.conftest import Tenant
from tests.functions.conftest import Rows

FIRST = "We decided to use Postgres for the queue instead of Redis."
AGAIN = "We have decided to use Postgres for the queue instead of Redis."


def taught(tenant: Tenant, text: str, day: int = 1, **about: Any) -> str:
    said = [{"role": "user", "content": text, "created_at": f"2026-01-0{day}T10:00:00Z"}]
    body = {"project_id": str(tenant.project_id), "tool": "test", "messages": said, **about}
    session = tenant.call("POST", "/v1/sessions", body).json()["session"]["id"]
    tenant.call("POST", f"/v1/sessions/{session}/complete")
    return session


def decisions(tenant: Tenant) -> list[dict[str, Any]]:
    return tenant.call("GET", "/v1/memories?type=decision&superseded=true").json()["items"]


def test_what_two_sessions_taught_is_one_memory_with_two_proofs(
    tenant: Tenant, sweep_and_settle: Callable[[], None]
) -> None:
    sessions = {taught(tenant, FIRST), taught(tenant, AGAIN)}
    sweep_and_settle()
    [memory] = decisions(tenant)

    assert {proof["session_id"] for proof in memory["provenance"]} == sessions


def test_a_later_decision_closes_the_earlier_one(tenant: Tenant, sweep_and_settle: Callable[[], None]) -> None:
    for number, store in enumerate(("Redis", "Valkey"), start=1):
        taught(tenant, f"We decided to use {store} for the cache.", day=number)
    sweep_and_settle()

    assert {one["content"]: one["valid_to"] for one in decisions(tenant)} == {
        "We decided to use Redis for the cache.": "2026-01-02T10:00:00Z",
        "We decided to use Valkey for the cache.": None,
    }


def test_private_sessions_of_two_people_stay_apart(
    tenant: Tenant, colleague: Callable[[Tenant], Tenant], sweep_and_settle: Callable[[], None]
) -> None:
    theirs = colleague(tenant)
    taught(tenant, FIRST, visibility="private")
    taught(theirs, AGAIN, visibility="private")
    sweep_and_settle()

    assert [[one["content"] for one in decisions(who)] for who in (tenant, theirs)] == [[FIRST], [AGAIN]]
    assert [len(one["provenance"]) for who in (tenant, theirs) for one in decisions(who)] == [1, 1]


def test_doing_it_again_writes_nothing(tenant: Tenant, sweep_and_settle: Callable[[], None], rows: Rows) -> None:
    taught(tenant, FIRST)
    taught(tenant, AGAIN)
    sweep_and_settle()
    before = rows.everything(tenant)
    sweep_and_settle()

    assert rows.everything(tenant) == before
    assert rows.of("consolidations", tenant) == []


def test_what_nobody_asked_for_in_half_a_year_is_asked_about_and_stays(
    tenant: Tenant, other_tenant: Tenant, sweep_and_settle: Callable[[], None], rows: Rows
) -> None:
    taught(tenant, "The staging port is 5433.")
    taught(tenant, "Run `make deploy` to deploy the shop.")
    sweep_and_settle()
    learned = {one["content"]: one["id"] for one in tenant.call("GET", "/v1/memories").json()["items"]}
    silent = next(iter(learned.values()))
    age(rows, tenant, [*learned.values()], asked=[one for one in learned.values() if one != silent])
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "Something new."})
    sweep_and_settle()
    asked = tenant.call("GET", "/v1/reviews").json()["items"]

    assert [("stale", silent)] == [(one["kind"], one["memory"]["id"]) for one in asked]
    assert 200 == tenant.call("GET", f"/v1/memories/{silent}").status_code
    assert [] == other_tenant.call("GET", "/v1/reviews").json()["items"]


def age(rows: Rows, tenant: Tenant, learned: list[str], *, asked: list[str]) -> None:
    """Let memories be a year old, in a project that is asked every day; some of them were handed over since."""
    rows.connection.execute(
        "update contextfs.memories set created_at = now() - interval '1 year' where org_id = %s", [tenant.org_id]
    )
    rows.connection.execute("alter table contextfs.memories disable trigger user")
    rows.connection.execute(
        "update contextfs.memories set updated_at = now() - interval '1 year' where org_id = %s", [tenant.org_id]
    )
    rows.connection.execute("alter table contextfs.memories enable trigger user")
    days = [(one, day) for day in (*range(40), 300) for one in (asked if day < 40 else learned)]
    for memory, day in days:
        rows.connection.execute(
            "insert into contextfs.recalls values (%s, %s, %s, current_date - %s)",
            [tenant.org_id, tenant.project_id, memory, day],
        )
