"""GET /v1/saml/{organization}/metadata: all that a provider has to know, before anything is switched on."""

import re

from starlette.testclient import TestClient

from tests.conftest import Tenant
from tests.functions.conftest import Rows
from tests.functions.saml.conftest import SetUp


def test_a_provider_reads_it_before_it_is_set_up(tenant: Tenant, http: TestClient) -> None:
    saml = tenant.call("PUT", "/v1/admin/sso", {"enabled": False, "provider": "saml"}).json()["saml"]

    reply = http.get(saml["metadata_url"])

    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/samlmetadata+xml")
    for address in saml.values():
        assert f'"{address}"' in reply.text


def test_its_certificate_stays_and_its_key_is_sealed(
    tenant: Tenant, http: TestClient, set_up: SetUp, rows: Rows
) -> None:
    organization = set_up(tenant)
    first = http.get(organization.places["metadata_url"]).text
    organization.put(provider="okta", enabled=False)
    between = http.get(organization.places["metadata_url"]).status_code
    organization.put(enabled=False)

    again = http.get(organization.places["metadata_url"]).text
    (row,) = rows.of("sso_settings", tenant)

    assert (between, again) == (404, first)
    assert "PRIVATE KEY" not in str(row)
    assert "saml_key" not in tenant.call("GET", "/v1/admin/sso").text


def test_each_organization_has_a_key_of_its_own(
    tenant: Tenant, other_tenant: Tenant, http: TestClient, set_up: SetUp
) -> None:
    documents = [http.get(set_up(one).places["metadata_url"]).text for one in (tenant, other_tenant)]

    certificates = {tuple(re.findall(r"<ds:X509Certificate>([^<]+)", document)) for document in documents}
    assert [len(one) for one in certificates] == [2, 2]
    assert len(certificates) == 2
