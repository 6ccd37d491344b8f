"""POST /v1/admin/dead-letters/{letter_id}/replay."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.asking import Things
from tests.functions.conftest import Rows


def test_the_event_leaves_again_and_reaches_its_consumer(
    tenant: Tenant, things: Things, rows: Rows, settle_events: Callable[[], int]
) -> None:
    settle_events()
    reply = tenant.call("POST", f"/v1/admin/dead-letters/{things.letter_id}/replay", x_request_id="r1")
    (waiting,) = rows.of("outbox", tenant)
    (audit,) = rows.audited(tenant, "dead_letter.replayed")
    settle_events()

    assert reply.status_code == 200
    assert reply.json()["replayed_at"] is not None
    event = reply.json()["event"]
    assert (str(waiting["id"]), waiting["type"], str(waiting["subject"])) == (
        event["id"],
        event["type"],
        event["subject"],
    )
    assert (str(audit["subject"]), audit["details"]) == (things.letter_id, {"consumer": "triggers.index_memory"})
    assert rows.of("deliveries", tenant) == []
    assert event["id"] in {str(row["event_id"]) for row in rows.of("consumed_events", tenant)}


def test_replaying_twice_brings_it_once(tenant: Tenant, things: Things, rows: Rows) -> None:
    before = len(rows.of("outbox", tenant))
    for _ in "ab":
        assert tenant.call("POST", f"/v1/admin/dead-letters/{things.letter_id}/replay").status_code == 200

    assert len(rows.of("outbox", tenant)) == before + 1
