"""POST /v1/admin/dead-letters/{letter_id}/replay."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.asking import Things
from tests.functions.conftest import Rows


def test_the_event_goes_to_its_consumer_again(
    tenant: Tenant, things: Things, rows: Rows, settle_events: Callable[[], int]
) -> None:
    reply = tenant.call("POST", f"/v1/admin/dead-letters/{things.letter_id}/replay", x_request_id="r1")
    (delivery,) = rows.of("deliveries", tenant)
    (audit,) = rows.audited(tenant, "dead_letter.replayed")
    settle_events()

    assert reply.status_code == 200
    assert reply.json()["replayed_at"] is not None
    assert (delivery["consumer"], delivery["event"], delivery["attempts"]) == (
        "triggers.index_memory",
        reply.json()["event"],
        0,
    )
    assert (str(audit["subject"]), audit["details"]) == (things.letter_id, {"consumer": "triggers.index_memory"})
    assert rows.of("deliveries", tenant) == []
    assert str(delivery["event_id"]) in {str(row["event_id"]) for row in rows.of("consumed_events", tenant)}


def test_replaying_twice_brings_it_once(tenant: Tenant, things: Things, rows: Rows) -> None:
    for _ in "ab":
        assert tenant.call("POST", f"/v1/admin/dead-letters/{things.letter_id}/replay").status_code == 200

    assert len(rows.of("deliveries", tenant)) == 1
