"""POST /v1/admin/sso/domains/{domain}/check, against a DNS server on loopback."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, settings_for
from tests.functions.conftest import Rows
from tests.functions.people import join
from tests.functions.sso.nameserver import Dns


@pytest.fixture
def nameserver() -> Iterator[Dns]:
    """Give a DNS server."""
    made = Dns()
    yield made
    made.close()


@pytest.fixture
def asking(nameserver: Dns, database_url: str) -> Iterator[TestClient]:
    """Give a client of a server that asks it."""
    place = f"127.0.0.1:{nameserver.server.server_address[1]}"
    wired = Wiring(msgspec.structs.replace(settings_for(database_url), dns_server=place))
    with TestClient(gateway(wired.door, routes())) as client:
        yield client
    wired.close()


def test_a_domain_is_proven_by_its_record_and_by_no_other(
    tenant: Tenant, other_tenant: Tenant, asking: TestClient, nameserver: Dns, rows: Rows
) -> None:
    for one in (tenant, other_tenant):
        one.call("POST", "/v1/admin/sso/domains", {"domain": "acme.example"})
    record = tenant.call("GET", "/v1/admin/sso/domains").json()["items"][0]["record"]

    def check(one: Tenant) -> Any:
        sent = {"authorization": f"Bearer {one.key}"}
        return asking.post("/v1/admin/sso/domains/Acme.example/check", headers=sent).json()

    absent = check(tenant)
    nameserver.records["acme.example"] = ["v=spf1 -all", record[:-1]]
    another = check(tenant)
    nameserver.records["acme.example"].append(record)
    proven, foreign = check(tenant), check(other_tenant)
    del nameserver.records["acme.example"]
    gone = check(tenant)

    assert [absent["verified_at"], another["verified_at"], foreign["verified_at"], gone["verified_at"]] == [None] * 4
    assert "2 others" in another["told"]
    assert (proven["verified_at"] is not None, proven["told"]) == (True, None)
    assert [row["details"]["verified"] for row in rows.audited(tenant, "sso_domain.checked")].count(True) == 1


def test_a_dns_that_does_not_answer_changes_nothing(tenant: Tenant, rows: Rows) -> None:
    tenant.call("POST", "/v1/admin/sso/domains", {"domain": "acme.example"})
    rows.connection.execute("update contextfs.sso_domains set verified_at = now() where org_id = %s", [tenant.org_id])

    told = tenant.call("POST", "/v1/admin/sso/domains/acme.example/check").json()

    assert told["verified_at"] is not None
    assert "does not answer" in told["told"]


def test_a_domain_makes_nobody_what_who_proves_it_is_not(
    tenant: Tenant, asking: TestClient, nameserver: Dns, rows: Rows
) -> None:
    """Whoever has a domain could have as many addresses there as they like."""
    settings = {"enabled": False, "provider": "google", "auto_provision": True, "default_role": "admin"}
    assert tenant.call("PUT", "/v1/admin/sso", settings).status_code == 200
    tenant.call("POST", "/v1/admin/roles", {"name": "helper", "permissions": ["sso:*"]})
    helper = join(tenant, "helper@acme.example", role="helper")
    record = helper.call("POST", "/v1/admin/sso/domains", {"domain": "mine.example"}).json()["record"]
    nameserver.records["mine.example"] = [record]

    def check(one: Tenant) -> Any:
        sent = {"authorization": f"Bearer {one.key}"}
        return asking.post("/v1/admin/sso/domains/mine.example/check", headers=sent)

    refused = check(helper)

    assert refused.status_code == 403
    assert [row["verified_at"] for row in rows.of("sso_domains", tenant)] == [None]
    assert check(tenant).json()["verified_at"] is not None
    assert check(helper).status_code == 200, "it is proven already, so nobody is given anything"
