"""GET /v1/auth/callback: who comes back is let in as who they are, or not at all."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from contextfs.journeys.signin.provider import STATE
from contextfs.kit import tokens
from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.auth.browser import Browser, NewBrowser
from tests.functions.auth.conftest import SetUp, Time
from tests.functions.auth.provider import Provider
from tests.functions.conftest import Rows


def sign_in(browser: Browser, tenant: Tenant, provider: Provider) -> Any:
    """Sign in by the provider; gives the reply to the way back."""
    return browser.come_back(provider.consent(browser.begin(tenant.org_id).headers["location"]))


def members(rows: Rows, tenant: Tenant) -> dict[str, str]:
    return {row["email"]: row["role"] for row in rows.of("memberships", tenant)}


def test_a_new_person_becomes_a_member_and_stays_the_same_one(
    tenant: Tenant, provider: Provider, new_browser: NewBrowser, set_up: SetUp, rows: Rows
) -> None:
    set_up(tenant, default_role="viewer")
    first, second = new_browser(), new_browser()

    reply = sign_in(first, tenant, provider)
    provider.person["email"] = "ann.married@acme.example"
    sign_in(second, tenant, provider)
    me, later = first.get("/v1/auth/me").json(), second.get("/v1/auth/me").json()

    assert reply.status_code == 303
    assert (me["role"], me["organization_id"]) == ("viewer", str(tenant.org_id))
    assert me["user_id"] == later["user_id"], "the subject counts, not the address"
    assert members(rows, tenant) == {"owner@example.test": "owner", "ann@acme.example": "viewer"}
    opened = rows.audited(tenant, "login.opened")
    assert [row["details"].get("provisioned") for row in opened] == [True, None]
    assert {row["details"]["method"] for row in opened} == {"oidc"}


def test_a_member_is_found_by_an_address_that_is_to_be_trusted(
    tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp
) -> None:
    set_up(tenant, auto_provision=False)
    provider.person["email"] = "Owner@Example.Test"

    sign_in(browser, tenant, provider)

    assert browser.get("/v1/auth/me").json()["user_id"] == str(tenant.user_id)


@pytest.mark.parametrize("checked", [False, None, "yes", 1, [True]])
def test_an_address_that_nobody_vouches_for_takes_over_no_account(
    checked: object, tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp, rows: Rows
) -> None:
    set_up(tenant)
    provider.person |= {"email": "owner@example.test", "email_verified": checked}

    reply = sign_in(browser, tenant, provider)

    assert reply.status_code == 403
    assert browser.cookie is None
    assert rows.of("identities", tenant) == []


def test_an_address_of_another_domain_becomes_no_member(
    tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp, rows: Rows
) -> None:
    set_up(tenant)
    provider.person["email"] = "mallory@gmail.example"

    assert sign_in(browser, tenant, provider).status_code == 403
    assert members(rows, tenant) == {"owner@example.test": "owner"}


def test_without_auto_provision_nobody_becomes_a_member(
    tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp, rows: Rows
) -> None:
    set_up(tenant, auto_provision=False)

    reply = sign_in(browser, tenant, provider)

    assert "ask your administrator to invite you" in told(reply)["detail"]
    assert members(rows, tenant) == {"owner@example.test": "owner"}


def test_groups_give_roles_and_take_them_but_not_an_owners(
    tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp, rows: Rows
) -> None:
    mapping = {"email": "contact.mail", "name": "contact.name", "groups": "https://acme.example/groups"}
    set_up(tenant, group_roles={"Staff": "member", "Ops": "admin"}, default_role="viewer", attribute_mapping=mapping)
    provider.person |= {"contact": {"mail": "ann@acme.example", "name": "Ann"}, "email": "elsewhere@x.example"}
    seen: list[str] = []
    many: list[Any] = [["Staff", "Ops"], ["Staff"], "Ops", [], None, [1, {}]]
    for groups in many:
        provider.person["https://acme.example/groups"] = groups
        sign_in(browser, tenant, provider)
        seen.append(browser.get("/v1/auth/me").json()["role"])
    provider.person = {"sub": "boss", "contact": {"mail": "owner@example.test"}, "email_verified": True}
    sign_in(browser, tenant, provider)

    assert seen == ["admin", "member", "admin", "viewer", "viewer", "viewer"]
    assert members(rows, tenant)["owner@example.test"] == "owner"
    assert {row["name"] for row in rows.of("memberships", tenant) if row["email"] != "owner@example.test"} == {"Ann"}


def test_what_the_token_leaves_out_is_asked_of_the_provider(
    tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp
) -> None:
    set_up(tenant)
    provider.userinfo = dict(provider.person)
    provider.person = {"sub": "ann"}

    assert sign_in(browser, tenant, provider).status_code == 303


def test_what_the_provider_tells_of_somebody_else_is_refused(
    tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp
) -> None:
    set_up(tenant)
    provider.userinfo = provider.person | {"sub": "mallory"}
    provider.person = {"sub": "ann"}

    assert sign_in(browser, tenant, provider).status_code == 401


def test_two_browsers_at_once_are_one_person(
    tenant: Tenant, provider: Provider, new_browser: NewBrowser, set_up: SetUp, rows: Rows
) -> None:
    set_up(tenant)
    browsers = [new_browser() for _ in range(6)]
    addresses = [provider.consent(one.begin(tenant.org_id).headers["location"]) for one in browsers]

    def come_back(number: int) -> Any:
        return browsers[number].come_back(addresses[number]).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(come_back, range(6)))

    assert set(statuses) == {303}
    assert len({row["user_id"] for row in rows.of("logins", tenant)}) == 1
    assert len(rows.of("identities", tenant)) == 1


def test_a_person_of_one_organization_is_nobody_in_another(
    tenant: Tenant, other_tenant: Tenant, provider: Provider, new_browser: NewBrowser, set_up: SetUp, rows: Rows
) -> None:
    for one in (tenant, other_tenant):
        set_up(one)
        sign_in(new_browser(), one, provider)

    users = [{row["user_id"] for row in rows.of("identities", one)} for one in (tenant, other_tenant)]
    assert [len(one) for one in users] == [1, 1]
    assert users[0] != users[1]


def test_a_sign_in_of_one_organization_cannot_end_in_another(
    tenant: Tenant, other_tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp
) -> None:
    set_up(tenant)
    address = provider.consent(browser.begin(tenant.org_id).headers["location"])
    state = address.split("state=")[1].split("&")[0]
    named = tokens.parse(state, b"", "ctxo")
    assert named is not None
    theirs = tokens.mint("ctxo", other_tenant.org_id, named.id, lambda count: b"0" * count)

    assert browser.come_back(address.replace(state, theirs)).status_code == 401


def test_an_answer_is_good_once(
    tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp, rows: Rows
) -> None:
    set_up(tenant)
    address = provider.consent(browser.begin(tenant.org_id).headers["location"])
    provider.codes["spare"] = next(iter(provider.codes.values()))
    kept = {one.name: one.value or "" for one in browser.http.cookies.jar}

    first = browser.come_back(address)
    again = browser.come_back(address)
    browser.http.cookies.clear()
    browser.http.cookies.update(kept)  # a browser that forgot nothing
    other_code = browser.come_back(address.replace("code=code-0", "code=spare"))

    assert [one.status_code for one in (first, again, other_code)] == [303, 401, 401]
    assert len(rows.of("logins", tenant)) == 1
    assert len(rows.audited(tenant, "login.refused")) == 2


def test_an_answer_is_good_in_the_browser_that_asked(
    tenant: Tenant, provider: Provider, new_browser: NewBrowser, set_up: SetUp, rows: Rows
) -> None:
    """Login CSRF: an attacker's own answer, followed by a victim, signs the victim in nowhere."""
    set_up(tenant)
    attacker, victim = new_browser(), new_browser()
    address = provider.consent(attacker.begin(tenant.org_id).headers["location"])
    victim.begin(tenant.org_id)

    reply = victim.come_back(address)

    assert reply.status_code == 401
    assert victim.cookie is None
    assert rows.of("logins", tenant) == []


def lasting(_header: dict[str, Any], claims: dict[str, Any]) -> None:
    """Let a token be good for an hour longer."""
    claims["exp"] += 3600


@pytest.mark.parametrize(("minutes", "status"), [(9, 303), (11, 401)])
def test_an_answer_is_good_for_ten_minutes(
    minutes: int, status: int, tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp, time: Time
) -> None:
    set_up(tenant)
    provider.lie = lasting
    address = provider.consent(browser.begin(tenant.org_id).headers["location"])
    time.passed += timedelta(minutes=minutes)

    assert browser.come_back(address).status_code == status


def test_the_codes_verifier_is_this_servers_own(
    tenant: Tenant, provider: Provider, new_browser: NewBrowser, set_up: SetUp
) -> None:
    """PKCE: a code that somebody else asked for is worth nothing here, and ours nothing to them."""
    set_up(tenant)
    one, other = new_browser(), new_browser()
    own, theirs = (provider.consent(each.begin(tenant.org_id).headers["location"]) for each in (one, other))
    provider.codes["code-0"]["code_challenge"] = provider.codes["code-1"]["code_challenge"]

    assert [one.come_back(own).status_code, other.come_back(theirs).status_code] == [401, 303]


@pytest.mark.parametrize("issuer", ["https://evil.example", "", None])
def test_an_answer_of_another_provider_is_refused(
    issuer: str | None, tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp
) -> None:
    """Mix-up: RFC 9207 lets an answer say who gave it."""
    set_up(tenant)
    address = provider.consent(browser.begin(tenant.org_id).headers["location"])
    without = address.rsplit("&iss=", 1)[0]

    reply = browser.come_back(without if issuer is None else f"{without}&iss={issuer}")

    assert reply.status_code == 401


@pytest.mark.parametrize("query", ["error=access_denied", "error=<script>", "", "code="])
def test_a_refusal_of_the_provider_is_told_and_not_repeated_word_for_word(
    query: str, tenant: Tenant, browser: Browser, set_up: SetUp
) -> None:
    set_up(tenant)
    location = browser.begin(tenant.org_id).headers["location"]
    state = location.split("state=")[1].split("&")[0]

    reply = browser.come_back(f"/v1/auth/callback?state={state}&error_description=<b>no</b>&{query}")

    assert reply.status_code in {401, 422}
    assert "<" not in told(reply)["detail"]
    assert browser.cookie is None


@pytest.mark.parametrize("state", ["", "x", "ctxo_" + "0" * 43 + "_" + "0" * 39, "é"])
def test_a_state_that_is_none_of_ours_is_refused(state: str, browser: Browser) -> None:
    assert browser.get(f"/v1/auth/callback?code=x&state={state}").status_code == 401


def test_a_state_is_known_by_all_of_it(
    tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp, rows: Rows
) -> None:
    """A state that names the same sign-in, with a checksum of its own: only the secret is another one."""
    set_up(tenant)
    address = provider.consent(browser.begin(tenant.org_id).headers["location"])
    (begun,) = rows.of("signins", tenant)
    forged = tokens.mint(STATE, tenant.org_id, begun["id"], os.urandom)
    state = address.split("state=")[1].split("&")[0]
    reply = browser.come_back(address.replace(state, forged))

    assert reply.status_code == 401
    assert browser.come_back(address).status_code == 303, "the one that was asked for is still good"


def test_what_was_switched_off_meanwhile_lets_nobody_in(
    tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp
) -> None:
    set_up(tenant)
    address = provider.consent(browser.begin(tenant.org_id).headers["location"])
    set_up(tenant, enabled=False)

    assert browser.come_back(address).status_code == 401


def test_a_new_login_takes_the_place_of_a_planted_one(
    tenant: Tenant, other_tenant: Tenant, provider: Provider, browser: Browser, set_up: SetUp
) -> None:
    set_up(tenant)
    browser.sign_in(other_tenant.key)
    planted = browser.cookie

    sign_in(browser, tenant, provider)

    assert browser.cookie not in {None, planted}
    assert browser.get("/v1/auth/me").json()["organization_id"] == str(tenant.org_id)
