"""DELETE /v1/exports/{export_id}, and exports whose time is over."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contextfs.kit.errors import ContextFSError
from contextfs.runtime.wiring import Wiring
from functions.schedules import expire
from tests.conftest import Tenant
from tests.functions.conftest import Rows


def ready(tenant: Tenant, settle_events: Callable[[], int]) -> str:
    export_id: str = tenant.call("POST", "/v1/exports", {}).json()["id"]
    settle_events()
    return export_id


def kept(wiring: Wiring, tenant: Tenant) -> list[str]:
    blobs = wiring.services.blobs()
    assert blobs is not None
    return [key for key, _ in blobs.find(f"exports/{tenant.org_id}/")]


def test_it_goes_with_its_file_and_its_links(
    tenant: Tenant, settle_events: Callable[[], int], wiring: Wiring, rows: Rows
) -> None:
    export_id = ready(tenant, settle_events)
    link = tenant.call("GET", f"/v1/exports/{export_id}").json()["link"].removeprefix("http://127.0.0.1:8420")
    gone = tenant.call("DELETE", f"/v1/exports/{export_id}")

    assert gone.status_code == 204
    assert kept(wiring, tenant) == []
    assert tenant.http.get(link).status_code == 404
    assert tenant.call("GET", f"/v1/exports/{export_id}").status_code == 404
    assert tenant.call("DELETE", f"/v1/exports/{export_id}").status_code == 404
    assert len(rows.audited(tenant, "export.deleted")) == 1


def test_what_is_over_goes_with_its_file_and_the_rest_stays(
    tenant: Tenant, other_tenant: Tenant, settle_events: Callable[[], int], wiring: Wiring, rows: Rows
) -> None:
    old, young = ready(tenant, settle_events), ready(other_tenant, settle_events)
    rows.connection.execute(
        "update contextfs.exports set expires_at = now() - interval '1 second' where id = %s", [old]
    )
    over = tenant.call("GET", f"/v1/exports/{old}")
    platform = wiring.platform()
    expire.handle(wiring.sweep(platform, wiring.bus(platform)))
    platform.close()

    assert over.status_code == 404
    assert kept(wiring, tenant) == []
    assert kept(wiring, other_tenant) == [f"exports/{other_tenant.org_id}/{young}.zip"]
    assert rows.of("exports", tenant) == []


def test_a_file_that_cannot_be_deleted_keeps_its_export_and_nothing_else(
    tenant: Tenant, other_tenant: Tenant, settle_events: Callable[[], int], wiring: Wiring, rows: Rows
) -> None:
    stuck, old = ready(tenant, settle_events), ready(other_tenant, settle_events)
    tenant.call("POST", "/v1/query", {}, idempotency_key="old")
    over = "update contextfs.exports set expires_at = now() - %s::interval where id = %s"
    rows.connection.execute(over, ["1 hour", stuck])
    rows.connection.execute(over, ["1 second", old])
    rows.connection.execute("update contextfs.idempotency_keys set created_at = now() - interval '25 hours'")
    file = Path(wiring.settings.files or "") / f"exports/{tenant.org_id}/{stuck}.zip"
    file.unlink()
    file.mkdir()
    platform = wiring.platform()
    sweep = wiring.sweep(platform, wiring.bus(platform))
    with pytest.raises(ContextFSError, match="takes or gives no file"):
        expire.handle(sweep)
    left = [rows.of(table, one) for one in (tenant, other_tenant) for table in ("exports", "idempotency_keys")]
    file.rmdir()
    expire.handle(sweep)
    platform.close()

    assert ([str(row["id"]) for row in left[0]], left[1:]) == ([stuck], [[], [], []])
    assert rows.of("exports", tenant) == []


def test_one_that_is_deleted_before_it_is_written_is_not_written(
    tenant: Tenant, settle_events: Callable[[], int], wiring: Wiring
) -> None:
    export_id = tenant.call("POST", "/v1/exports", {}).json()["id"]
    tenant.call("DELETE", f"/v1/exports/{export_id}")
    settle_events()

    assert kept(wiring, tenant) == []
