"""POST /v1/sessions/{session_id}/complete."""

from tests.conftest import Tenant
from tests.functions.asking import Things
from tests.functions.conftest import Rows


def test_it_ends_with_its_last_message(tenant: Tenant, things: Things, rows: Rows) -> None:
    path = f"/v1/sessions/{things.session_id}"
    messages = [{"role": "user", "content": "x", "created_at": f"2030-01-0{day}T00:00:00Z"} for day in (2, 1)]
    tenant.call("POST", f"{path}/messages", {"messages": messages})

    reply = tenant.call("POST", f"{path}/complete")
    session, receipt = reply.json()["session"], reply.json()["receipt"]

    assert reply.status_code == 200
    assert (session["status"], session["ended_at"]) == ("completed", "2030-01-02T00:00:00Z")
    assert (receipt["stored"], receipt["pending"]) == (1, ["searchable", "learned"])
    assert [str(audit["subject"]) for audit in rows.audited(tenant, "session.completed")] == [things.session_id]
    (event,) = [row for row in rows.of("outbox", tenant) if row["type"] == "session.completed"]
    assert (str(event["subject"]), event["data"]) == (things.session_id, {"messages": 2})


def test_the_caller_may_say_when_it_ended(tenant: Tenant, things: Things) -> None:
    reply = tenant.call("POST", f"/v1/sessions/{things.session_id}/complete?ended_at=2030-01-31T08:00:00%2B02:00")

    assert reply.json()["session"]["ended_at"] == "2030-01-31T06:00:00Z"


def test_completing_twice_changes_nothing(tenant: Tenant, things: Things, rows: Rows) -> None:
    path = f"/v1/sessions/{things.session_id}/complete"
    first = tenant.call("POST", path)
    events = rows.events(tenant)

    again = tenant.call("POST", path)

    assert again.status_code == 200
    assert again.json()["session"] == first.json()["session"]
    assert (again.json()["receipt"]["stored"], again.json()["receipt"]["duplicates"]) == (0, 1)
    assert rows.events(tenant) == events


def test_a_stale_version_completes_nothing(tenant: Tenant, things: Things) -> None:
    path = f"/v1/sessions/{things.session_id}"

    assert tenant.call("POST", f"{path}/complete", if_match='"stale"').status_code == 412
    assert tenant.call("GET", path).json()["status"] == "open"
