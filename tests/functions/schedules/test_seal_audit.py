"""The schedule that seals the audit log."""

from contextfs.runtime.wiring import Wiring
from functions.schedules import seal_audit
from tests.conftest import Tenant
from tests.functions.conftest import Rows


def test_new_entries_are_sealed_in_their_order(tenant: Tenant, wiring: Wiring, rows: Rows) -> None:
    for name in "abc":
        tenant.call("POST", "/v1/projects", {"name": name})
    platform = wiring.platform()

    seal_audit.handle(wiring.sweep(platform, wiring.bus(platform)))
    platform.close()
    sealed = sorted(rows.of("audit_log", tenant), key=lambda row: row["id"])

    assert [1, 2, 3] == [row["position"] for row in sealed]
