"""POST /v1/saml/{organization}/acs: who comes back with a form is let in as who they are, or not at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.conftest import Tenant
from tests.contextfs.adapters.identity.saml.changes import drops, sets
from tests.contextfs.adapters.identity.saml.foreign import saml
from tests.functions.asking import told
from tests.functions.auth.browser import Browser, NewBrowser
from tests.functions.auth.conftest import Time
from tests.functions.conftest import Rows
from tests.functions.saml.conftest import SetUp


def members(rows: Rows, tenant: Tenant) -> dict[str, str]:
    return {row["email"]: row["role"] for row in rows.of("memberships", tenant)}


def test_a_new_person_becomes_a_member_and_stays_the_same_one(
    tenant: Tenant, new_browser: NewBrowser, set_up: SetUp, rows: Rows
) -> None:
    organization = set_up(tenant)
    first, second = new_browser(), new_browser()

    reply = organization.sign_in(first)
    organization.idp.person["email"] = "ann.married@acme.example"
    organization.sign_in(second, encrypts="aes256-gcm")
    me, later = first.get("/v1/auth/me").json(), second.get("/v1/auth/me").json()

    assert reply.status_code == 303
    assert (me["role"], me["organization_id"]) == ("viewer", str(tenant.org_id))
    assert me["user_id"] == later["user_id"], "the provider's name for her counts, not the address"
    assert members(rows, tenant) == {"owner@example.test": "owner", "ann@acme.example": "viewer"}
    assert {row["name"] for row in rows.of("memberships", tenant) if row["role"] == "viewer"} == {"Ann"}
    opened = rows.audited(tenant, "login.opened")
    assert sorted(str(row["details"].get("provisioned")) for row in opened) == ["None", "True"]
    assert {row["details"]["method"] for row in opened} == {"saml"}


def test_it_leads_back_to_where_one_wanted_to_go(tenant: Tenant, browser: Browser, set_up: SetUp) -> None:
    organization = set_up(tenant)
    request = organization.begin(browser, return_to="/studio?page=2")

    back = organization.bring(browser, organization.respond(request), RelayState="https://evil.example")

    assert back.headers["location"] == "http://127.0.0.1:8420/studio?page=2"


def test_groups_give_roles_and_take_them(tenant: Tenant, browser: Browser, set_up: SetUp) -> None:
    organization = set_up(tenant, group_roles={"Staff": "member", "Ops": "admin"})
    seen: list[str] = []
    for groups in (["Staff", "Ops"], ["Staff"], ["Others"]):
        organization.idp.person["groups"] = groups
        organization.sign_in(browser)
        seen.append(browser.get("/v1/auth/me").json()["role"])

    assert seen == ["admin", "member", "viewer"]


def test_attributes_are_mapped(tenant: Tenant, browser: Browser, set_up: SetUp, rows: Rows) -> None:
    organization = set_up(tenant, attribute_mapping={"email": "urn:oid:1.2.840.113549.1.9.1.1", "name": "givenName"})
    organization.idp.person |= {"givenName": "Annie"}

    organization.sign_in(browser)

    assert {row["name"] for row in rows.of("memberships", tenant) if row["role"] == "viewer"} == {"Annie"}


def test_a_name_that_is_an_address_is_enough(tenant: Tenant, browser: Browser, set_up: SetUp, rows: Rows) -> None:
    organization = set_up(tenant)
    organization.idp.person = {}
    organization.idp.name_id = saml.NameID(format=saml.NAMEID_FORMAT_EMAILADDRESS, text="Ben@acme.example")

    assert organization.sign_in(browser).status_code == 303
    assert "ben@acme.example" in members(rows, tenant)


def test_an_address_that_nobody_vouches_for_takes_over_no_account(
    tenant: Tenant, browser: Browser, set_up: SetUp, rows: Rows
) -> None:
    """A provider may write any address, and that it was verified, too: only a proven domain counts."""
    organization = set_up(tenant)
    organization.idp.person |= {"email": "owner@example.test", "email_verified": "true"}

    reply = organization.sign_in(browser)

    assert reply.status_code == 403
    assert "does not vouch for your address" in told(reply)["detail"]
    assert rows.of("identities", tenant) == []


def test_a_response_is_good_once(tenant: Tenant, new_browser: NewBrowser, set_up: SetUp, rows: Rows) -> None:
    organization = set_up(tenant)
    mine, other = new_browser(), new_browser()
    response = organization.respond(organization.begin(mine))

    replies = [organization.bring(one, response) for one in (mine, mine, other)]

    assert [one.status_code for one in replies] == [303, 401, 401]
    assert "was used before" in told(replies[1])["detail"]
    assert len(rows.audited(tenant, "login.refused")) == 2


def test_a_response_is_good_once_also_when_it_comes_many_times_at_once(
    tenant: Tenant, new_browser: NewBrowser, set_up: SetUp, rows: Rows
) -> None:
    organization = set_up(tenant, idp_initiated=True)
    response = organization.respond(None)
    browsers = [new_browser() for _ in range(6)]

    def bring(one: Browser) -> Any:
        return organization.bring(one, response).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(bring, browsers))

    assert sorted(statuses) == [303, 401, 401, 401, 401, 401]
    assert len(rows.of("logins", tenant)) == 1


def test_a_request_is_answered_once(tenant: Tenant, browser: Browser, set_up: SetUp) -> None:
    organization = set_up(tenant)
    request = organization.begin(browser)

    statuses = [organization.bring(browser, organization.respond(request)).status_code for _ in range(2)]

    assert statuses == [303, 401]


def test_a_response_is_good_in_the_browser_that_asked(
    tenant: Tenant, new_browser: NewBrowser, set_up: SetUp, rows: Rows
) -> None:
    """Login CSRF: an attacker's own response, posted by a victim's browser, signs the victim in nowhere."""
    organization = set_up(tenant)
    attacker, victim = new_browser(), new_browser()
    response = organization.respond(organization.begin(attacker))
    organization.begin(victim)

    reply = organization.bring(victim, response)

    assert reply.status_code == 401
    assert victim.cookie is None
    assert rows.of("logins", tenant) == []


def test_a_response_is_good_for_ten_minutes(tenant: Tenant, browser: Browser, set_up: SetUp, time: Time) -> None:
    organization = set_up(tenant)
    response = organization.respond(organization.begin(browser))
    time.passed += timedelta(minutes=11)

    assert organization.bring(browser, response).status_code == 401


def test_what_nobody_asked_for_is_refused_unless_it_is_allowed(
    tenant: Tenant, new_browser: NewBrowser, set_up: SetUp
) -> None:
    organization = set_up(tenant)

    refused = organization.bring(new_browser(), organization.respond(None))
    organization.put(idp_initiated=True)
    taken = organization.bring(new_browser(), organization.respond(None), RelayState="/studio")
    elsewhere = organization.bring(new_browser(), organization.respond(None), RelayState="https://evil.example")

    assert "begin at /v1/auth/login" in told(refused)["detail"]
    assert (taken.status_code, taken.headers["location"]) == (303, "http://127.0.0.1:8420/studio")
    assert elsewhere.headers["location"] == "http://127.0.0.1:8420/oauth/login"


@pytest.mark.parametrize("answers", ["other", "ctxo_" + "0" * 43 + "_" + "0" * 39])
def test_an_answer_to_a_request_of_somebody_else_is_refused(
    answers: str, tenant: Tenant, browser: Browser, set_up: SetUp
) -> None:
    organization = set_up(tenant, idp_initiated=True)

    assert organization.bring(browser, organization.respond(answers)).status_code == 401


def test_a_response_of_one_organization_is_nothing_in_another(
    tenant: Tenant, other_tenant: Tenant, new_browser: NewBrowser, set_up: SetUp, rows: Rows
) -> None:
    """Both trust the same provider; each has a name, addresses and requests of its own."""
    mine, theirs = set_up(tenant, idp_initiated=True), set_up(other_tenant, idp_initiated=True)
    browser = new_browser()
    response = mine.respond(mine.begin(browser))

    statuses = [theirs.bring(browser, one).status_code for one in (response, mine.respond(None))]

    assert statuses == [401, 401]
    assert rows.of("logins", other_tenant) == []


def test_an_answer_to_another_organizations_request_is_refused(
    tenant: Tenant, other_tenant: Tenant, browser: Browser, set_up: SetUp
) -> None:
    mine, theirs = set_up(tenant), set_up(other_tenant)

    assert theirs.bring(browser, theirs.respond(mine.begin(browser))).status_code == 401


def test_a_login_ends_with_the_providers_session(tenant: Tenant, browser: Browser, set_up: SetUp, time: Time) -> None:
    organization = set_up(tenant)
    ends = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    organization.sign_in(browser, change=sets(".//a:AuthnStatement", "SessionNotOnOrAfter", ends))

    before = browser.get("/v1/auth/me").status_code
    time.passed += timedelta(minutes=61)

    assert (before, browser.get("/v1/auth/me").status_code) == (200, 401)


def test_two_browsers_at_once_are_one_person(
    tenant: Tenant, new_browser: NewBrowser, set_up: SetUp, rows: Rows
) -> None:
    organization = set_up(tenant)
    browsers = [new_browser() for _ in range(5)]
    responses = [organization.respond(organization.begin(one)) for one in browsers]

    def bring(number: int) -> Any:
        return organization.bring(browsers[number], responses[number]).status_code

    with ThreadPoolExecutor(5) as pool:
        statuses = list(pool.map(bring, range(5)))

    assert set(statuses) == {303}
    assert len({row["user_id"] for row in rows.of("logins", tenant)}) == 1


def test_what_was_switched_off_or_changed_meanwhile_lets_nobody_in(
    tenant: Tenant, browser: Browser, set_up: SetUp
) -> None:
    organization = set_up(tenant)
    response = organization.respond(organization.begin(browser))

    organization.put(enabled=False)
    off = organization.bring(browser, response).status_code
    organization.put(enabled=False, provider="okta")
    changed = organization.bring(browser, response).status_code

    assert (off, changed) == (404, 404)


def test_a_refusal_tells_why_and_stands_in_the_audit_log(
    tenant: Tenant, browser: Browser, set_up: SetUp, rows: Rows
) -> None:
    organization = set_up(tenant)
    request = organization.begin(browser)

    reply = organization.bring(browser, organization.respond(request, change=drops(".//a:AudienceRestriction")))

    assert told(reply)["detail"] == "The SAML message is refused: it does not say whom it is for. Begin again."
    (row,) = rows.audited(tenant, "login.refused")
    assert row["details"] == {"provider": "saml", "reason": "not-authenticated"}


@pytest.mark.parametrize(
    ("form", "status"),
    [
        (b"", 400),
        (b"SAMLResponse=", 401),
        (b"SAMLResponse=%00", 401),
        (b"SAMLResponse=a&SAMLResponse=b", 400),
        (b"RelayState=a", 400),
        (b"SAMLResponse=%FF", 400),
        (b"\xff", 400),
        (b"&".join([b"a=b"] * 50), 400),
    ],
)
def test_a_form_that_is_none_is_refused(
    form: bytes, status: int, tenant: Tenant, browser: Browser, set_up: SetUp
) -> None:
    place = set_up(tenant).places["acs_url"]

    reply = browser.http.post(place, content=form, headers={"content-type": "application/x-www-form-urlencoded"})

    assert reply.status_code == status


def test_who_has_no_saml_looks_like_who_does_not_exist(tenant: Tenant, http: TestClient) -> None:
    place = "/v1/saml/{}/{}"
    unknown = "0190ffff-ffff-7fff-bfff-ffffffffffff"

    details = [
        told(http.post(place.format(one, "acs"), data={"SAMLResponse": "AAAA"}))["detail"]
        for one in (tenant.org_id, unknown)
    ]

    assert len(set(details)) == 1
    assert {http.get(place.format(one, "metadata")).status_code for one in (tenant.org_id, unknown)} == {404}
