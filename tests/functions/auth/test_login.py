"""GET /v1/auth/login: a browser is sent to its organization's provider."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.auth.browser import Browser
from tests.functions.auth.conftest import SetUp
from tests.functions.auth.provider import Provider
from tests.functions.conftest import Rows


def test_it_leads_to_the_provider_with_what_ties_the_answer_to_it(
    tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp, rows: Rows
) -> None:
    set_up(tenant)

    reply = browser.begin(tenant.org_id)
    address = urlsplit(str(reply.headers["location"]))
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}

    assert reply.status_code == 303
    assert f"{address.scheme}://{address.netloc}" == provider.issuer
    assert asked["redirect_uri"] == "http://127.0.0.1:8420/v1/auth/callback"
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert len(asked["nonce"]) >= 43
    assert "HttpOnly" in reply.headers["set-cookie"]
    for secret in (asked["state"], asked["nonce"], asked["code_challenge"]):
        assert secret not in str(rows.of("signins", tenant)), "only hashes are kept"


def test_an_address_of_a_proven_domain_finds_its_organization(
    tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp, rows: Rows
) -> None:
    set_up(tenant)
    domain = f"{tenant.org_id}.example"
    rows.connection.execute(
        "insert into contextfs.sso_domains (org_id, domain, proof, created_at, verified_at)"
        " values (%s, %s, 'p', now(), now())",
        [tenant.org_id, domain],
    )

    reply = browser.get(f"/v1/auth/login?email=Ann@{domain.upper()}")

    assert reply.status_code == 303
    assert reply.headers["location"].startswith(provider.issuer)


def test_a_domain_that_is_not_proven_or_proven_twice_finds_nobody(
    tenant: Tenant, other_tenant: Tenant, browser: Browser, set_up: SetUp, rows: Rows
) -> None:
    domains = f"{tenant.org_id}.example", f"{other_tenant.org_id}.example"
    claims = ((tenant, domains[0], None), (tenant, domains[1], "now"), (other_tenant, domains[1], "now"))
    for one, domain, verified in claims:
        set_up(one)
        rows.connection.execute(
            "insert into contextfs.sso_domains (org_id, domain, proof, created_at, verified_at)"
            " values (%s, %s, 'p', now(), %s)",
            [one.org_id, domain, verified],
        )

    for domain in domains:
        assert browser.get(f"/v1/auth/login?email=ann@{domain}").status_code == 404


def test_who_has_no_single_sign_on_looks_like_who_does_not_exist(tenant: Tenant, browser: Browser) -> None:
    details = [told(browser.begin(one))["detail"] for one in (tenant.org_id, uuid4())]

    assert len(set(details)) == 1


@pytest.mark.parametrize(
    "elsewhere",
    [
        *("//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "javascript:alert(1)"),
        *("/%0d%0aset-cookie:x", "evil.example", "/\nx", "", "\\/evil.example", "/a\\..\\b"),
    ],
)
def test_it_leads_back_to_this_server_alone(
    elsewhere: str, tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp
) -> None:
    set_up(tenant)

    begun = browser.begin(tenant.org_id, return_to=elsewhere)
    back = browser.come_back(provider.consent(begun.headers["location"]))

    place = urlsplit(str(back.headers["location"]))
    assert (place.scheme, place.netloc) == ("http", "127.0.0.1:8420")
    assert back.headers["location"] in {"http://127.0.0.1:8420/oauth/login", "http://127.0.0.1:8420/%0d%0aset-cookie:x"}


def test_it_leads_back_to_where_one_wanted_to_go(
    tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp
) -> None:
    set_up(tenant)
    begun = browser.begin(tenant.org_id, return_to="/studio/memories?tag=db&page=2")

    back = browser.come_back(provider.consent(begun.headers["location"]))

    assert back.headers["location"] == "http://127.0.0.1:8420/studio/memories?tag=db&page=2"


def test_nobody_is_told_nothing(browser: Browser) -> None:
    assert browser.get("/v1/auth/login").status_code == 422
