"""GET /v1/exports/{export_id}, and the link that it gives."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows

LOG = {"audit_log": True}
HERE = "http://127.0.0.1:8420"


def linked(tenant: Tenant, settle_events: Callable[[], int]) -> tuple[str, dict[str, str]]:
    export_id = tenant.call("POST", "/v1/exports", {}).json()["id"]
    settle_events()
    return export_id, tenant.call("GET", f"/v1/exports/{export_id}").json()


def test_a_link_is_a_download_that_no_cache_keeps(tenant: Tenant, settle_events: Callable[[], int]) -> None:
    export_id, found = linked(tenant, settle_events)
    reply = tenant.http.get(found["link"].removeprefix(HERE))

    assert reply.status_code == 200
    assert reply.headers["content-disposition"] == f'attachment; filename="contextfs-{export_id}.zip"'
    assert reply.headers["content-type"] == "application/zip"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.content.startswith(b"PK")


def test_a_link_lasts_a_quarter_of_an_hour_and_never_longer_than_the_export(
    tenant: Tenant, settle_events: Callable[[], int], rows: Rows
) -> None:
    before = datetime.now().astimezone()
    export_id, found = linked(tenant, settle_events)
    rows.connection.execute(
        "update contextfs.exports set expires_at = now() + interval '60 seconds' where id = %s", [export_id]
    )
    late = tenant.call("GET", f"/v1/exports/{export_id}").json()

    lasts = datetime.fromisoformat(found["link_expires_at"]) - before
    assert timedelta(minutes=14) < lasts < timedelta(minutes=16)
    assert late["link_expires_at"] == late["export"]["expires_at"]


def test_it_opens_to_who_may_read_what_is_in_it_alone(
    tenant: Tenant, key_with: Callable[..., Tenant], settle_events: Callable[[], int]
) -> None:
    made = {name: tenant.call("POST", "/v1/exports", body).json()["id"] for name, body in (("all", {}), ("log", LOG))}
    settle_events()
    none, some, log = (
        key_with(tenant, permissions=["exports:*", *more])
        for more in ([], ["memories:read", "sessions:read"], ["audit:read"])
    )
    found = {
        (name, which): one.call("GET", f"/v1/exports/{export_id}").status_code
        for name, one in (("none", none), ("some", some), ("log", log))
        for which, export_id in made.items()
    }

    assert {at for at, status in found.items() if status == 200} == {("some", "all"), ("log", "log")}
    assert set(found.values()) == {200, 403}


def test_what_is_no_link_opens_nothing(tenant: Tenant, settle_events: Callable[[], int]) -> None:
    _, found = linked(tenant, settle_events)
    path, _, query = found["link"].removeprefix(HERE).partition("?")

    for asked in (path, f"{path}?{query[:-1]}0x", f"/v1/files/../../etc/passwd?{query}", f"{path}?{query}&until=9"):
        reply = tenant.http.get(asked)
        assert reply.status_code in {403, 404}, asked
        told(reply)
