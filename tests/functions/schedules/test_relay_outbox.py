"""What a crash left in the outbox is published when the clock comes by."""

from contextfs.runtime.wiring import Wiring
from functions.schedules import relay_outbox
from tests.conftest import Tenant
from tests.functions.conftest import Rows


def test_the_outbox_is_emptied_into_deliveries(tenant: Tenant, rows: Rows, wiring: Wiring) -> None:
    for number in range(3):
        tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": f"Text {number}."})
    platform = wiring.platform()

    relay_outbox.handle(wiring.sweep(platform, wiring.bus(platform)))
    platform.close()

    assert rows.of("outbox", tenant) == []
    told = sorted(row["consumer"] for row in rows.of("deliveries", tenant))
    assert told == ["triggers.index_memory"] * 3 + ["triggers.note_due"] * 3 + ["triggers.relate"] * 3
