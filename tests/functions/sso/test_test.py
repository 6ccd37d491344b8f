"""POST /v1/admin/sso/test: whether the provider can be used, before anything is switched on."""

from collections.abc import Callable

from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant
from tests.functions.auth.conftest import SetUp
from tests.functions.auth.provider import Provider
from tests.functions.conftest import Rows


def test_what_works_is_told_with_where_it_leads(
    tenant: Tenant, set_up: SetUp, provider: Provider, clocked: Wiring, rows: Rows
) -> None:
    set_up(tenant, enabled=False)
    before = rows.of("sso_settings", tenant)
    http = TestClient(gateway(clocked.door, routes()))

    told = http.post("/v1/admin/sso/test", headers={"authorization": f"Bearer {tenant.key}"}).json()

    assert told["works"] is True
    assert (told["issuer"], told["sign_in"]) == (provider.issuer, f"{provider.issuer}/auth")
    assert told["verified_domains"] == ["acme.example"]
    assert rows.of("sso_settings", tenant) == before


def test_what_does_not_work_is_told_and_is_no_error(tenant: Tenant) -> None:
    off = {"enabled": False, "provider": "saml", "metadata_url": "https://169.254.169.254/"}
    tenant.call("PUT", "/v1/admin/sso", off)

    reply = tenant.call("POST", "/v1/admin/sso/test")

    assert reply.status_code == 200
    assert reply.json()["works"] is False
    assert "it has to be https, at a public address" in reply.json()["told"]


def test_without_any_provider_it_says_what_is_missing(tenant: Tenant) -> None:
    assert "metadata_url is missing" in tenant.call("POST", "/v1/admin/sso/test").json()["told"]


def test_a_key_of_one_project_is_told_nothing(tenant: Tenant, second_project: Callable[[Tenant], Tenant]) -> None:
    assert second_project(tenant).call("POST", "/v1/admin/sso/test").status_code == 403
