"""The schedule that tells of audit logs that have something to stream."""

from contextfs.journeys.keep.audit import seal
from contextfs.runtime.wiring import Wiring
from functions.schedules import stream_audit
from tests.conftest import Tenant
from tests.functions.conftest import Rows

PATH = "/v1/admin/audit-logs/stream"


def test_a_stream_is_told_of_when_something_is_sealed_and_not_again_at_once(
    tenant: Tenant, other_tenant: Tenant, wiring: Wiring, rows: Rows
) -> None:
    platform = wiring.platform()
    sweep = wiring.sweep(platform, wiring.bus(platform))
    tenant.call("PUT", PATH, {"url": "https://siem.invalid/"})
    other_tenant.call("POST", "/v1/projects", {"name": "p"})
    counts: list[int] = []
    for sealing in (lambda: 0, lambda: seal(platform), lambda: 0):
        sealing()
        stream_audit.handle(sweep)
        waiting = [row for row in rows.of("deliveries", tenant) if row["consumer"] == "triggers.stream_audit"]
        counts.append(len(waiting))
    platform.close()
    rows.connection.execute("delete from contextfs.audit_streams")

    assert counts == [0, 1, 1]
    assert rows.of("deliveries", other_tenant) == []
