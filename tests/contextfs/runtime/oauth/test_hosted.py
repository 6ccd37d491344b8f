"""Signing in at the pages of the installation's own service, and all that could come back in its place."""

import html
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import pytest

from contextfs.adapters.clouds.aws.sign_in import Cognito
from contextfs.adapters.clouds.gcp.sign_in import IdentityPlatform
from contextfs.adapters.clouds.local.sign_in import OpenIdProvider
from contextfs.adapters.web import Web
from contextfs.kit.identity import SignInService
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.auth.browser import Browser
from tests.functions.auth.conftest import SetUp, Time
from tests.functions.auth.provider import Provider
from tests.functions.conftest import Rows

BACK = "/oauth/service/callback"
Open = Callable[[], Browser]


@pytest.fixture
def service(provider: Provider, clocked: Wiring) -> SignInService:
    """Give the service, which is the provider, for a client with a secret."""
    return OpenIdProvider(provider.issuer, provider.client_id, Web(loopback=True), clocked.clock, provider.secret)


@pytest.fixture
def opened(clocked: Wiring, service: SignInService) -> Open:
    """Give a function that opens a browser at a server with that service."""
    services = replace(clocked.services, sign_in=lambda: service)
    stands: Any = SimpleNamespace(door=replace(clocked.door, services=services), services=services)
    return lambda: Browser(stands)


@pytest.fixture
def ann(tenant: Tenant, provider: Provider) -> str:
    """Make somebody a member who signs in at the service; gives the address."""
    email = f"{uuid4()}@acme.example"
    assert tenant.call("POST", "/v1/admin/users", {"email": email, "role": "viewer"}).status_code == 201
    provider.person = {"sub": email, "email": email, "email_verified": True}
    return email


def there(browser: Browser, organization: object = "", **query: str) -> str:
    """Begin; gives where the page leads."""
    page = browser.http.get("/oauth/service", params={"organization": str(organization), **query})
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


def come_back(browser: Browser, address: str) -> Any:
    """Follow the service back to the server, and take the organization on where that is asked."""
    back = browser.come_back(address)
    return back if (state := asked_of(back)) is None else take_on(browser, state)


def asked_of(page: Any) -> str | None:
    """Give the state of the question whether an organization is taken on; None where a page asks nothing."""
    found = re.search(r'name="state" value="([^"]+)"', page.text)
    return None if found is None else html.unescape(found[1])


def take_on(browser: Browser, state: str, **headers: str) -> Any:
    """Answer the question, as a page of ours does."""
    sent = {"origin": str(browser.http.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    return browser.http.post("/oauth/service", data={"state": state, "answer": "yes"}, headers=sent | headers)


def path_of(reply: Any) -> str:
    """Give the path that a browser is led to."""
    return urlsplit(str(reply.headers["location"])).path


def changed(address: str, **fields: str | None) -> str:
    """Write other fields into an address."""
    parts = urlsplit(address)
    told = dict(parse_qsl(parts.query)) | fields
    return parts._replace(query=urlencode({name: value for name, value in told.items() if value is not None})).geturl()


def test_a_member_is_signed_in_at_the_services_pages(
    tenant: Tenant, opened: Open, provider: Provider, ann: str, rows: Rows
) -> None:
    browser = opened()
    address = there(browser, tenant.org_id, return_to="/studio?a=1")
    asked = dict(parse_qsl(urlsplit(address).query))
    back = come_back(browser, provider.consent(address))
    me = browser.get("/v1/auth/me").json()

    assert address.startswith(f"{provider.issuer}/auth?")
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert urlsplit(asked["redirect_uri"]).path == BACK, "not where the organizations' providers answer"
    assert (back.status_code, path_of(back)) == (303, "/studio")
    assert (me["email"], me["role"], me["organization_id"]) == (ann, "viewer", str(tenant.org_id))
    (login,) = rows.audited(tenant, "login.opened")
    assert login["details"]["method"] == "service"


def test_the_sign_in_page_leads_there_and_the_second_time_nobody_names_an_organization(
    tenant: Tenant, opened: Open, provider: Provider, ann: str
) -> None:
    page = opened().http.get("/oauth/login", params={"return_to": "/oauth/device"})
    first, second = opened(), opened()
    come_back(first, provider.consent(there(first, tenant.org_id)))
    again = come_back(second, provider.consent(there(second)))

    assert '<form action="/oauth/service">' in page.text
    assert f"Continue with {urlsplit(provider.issuer).netloc}" in page.text
    assert again.status_code == 303
    assert second.get("/v1/auth/me").json()["email"] == ann


def test_an_answer_is_good_in_the_browser_that_asked_once(
    tenant: Tenant, opened: Open, provider: Provider, ann: str
) -> None:
    """A link that another one sends signs nobody in as them, and what came back does so no second time."""
    theirs, mine = opened(), opened()
    sent = provider.consent(there(theirs, tenant.org_id))
    own = there(mine, tenant.org_id)
    refused = come_back(mine, sent)
    none = come_back(opened(), sent)
    let_in = come_back(theirs, sent)
    again = come_back(theirs, sent)

    assert own.startswith(provider.issuer)
    assert [refused.status_code, none.status_code, let_in.status_code, again.status_code] == [401, 401, 303, 401]
    assert mine.cookie is None
    assert "begin again" in refused.text


def test_a_code_of_another_sign_in_is_of_no_use(tenant: Tenant, opened: Open, provider: Provider, ann: str) -> None:
    """The service takes it by the verifier of the sign-in that it was given in, and by no other."""
    victim, attacker = opened(), opened()
    theirs, mine = there(victim, tenant.org_id), there(attacker, tenant.org_id)
    stolen = dict(parse_qsl(urlsplit(provider.consent(theirs)).query))["code"]
    own = provider.consent(mine)

    asked = [dict(parse_qsl(urlsplit(one).query)) for one in (theirs, mine)]
    for tied in ("state", "nonce", "code_challenge"):
        assert asked[0][tied] != asked[1][tied]
    assert come_back(attacker, changed(own, code=stolen)).status_code == 401
    assert attacker.cookie is None


@pytest.mark.parametrize(
    "lie", [{"nonce": "of another one"}, {"aud": "other"}, {"iss": "https://evil.example"}, {"exp": 1}], ids=str
)
def test_a_token_that_is_not_of_this_sign_in_is_refused(
    lie: dict[str, Any], tenant: Tenant, opened: Open, provider: Provider, ann: str
) -> None:
    browser = opened()
    provider.lie = lambda _header, claims: claims.update(lie)

    assert come_back(browser, provider.consent(there(browser, tenant.org_id))).status_code == 401
    assert browser.cookie is None


def test_another_server_does_not_answer_in_its_place(
    tenant: Tenant, opened: Open, provider: Provider, ann: str, set_up: SetUp
) -> None:
    """Mix-up: no answer that names another issuer, or was asked for at an organization's provider, is taken here."""
    set_up(tenant)
    browser = opened()
    named = changed(provider.consent(there(browser, tenant.org_id)), iss="https://evil.example")
    unnamed = changed(provider.consent(there(browser, tenant.org_id)), iss=None)
    statuses = [come_back(browser, named).status_code, come_back(browser, unnamed).status_code]
    here = provider.consent(there(browser, tenant.org_id))
    statuses.append(come_back(browser, urlsplit(here)._replace(path="/v1/auth/callback").geturl()).status_code)
    theirs = provider.consent(browser.begin(tenant.org_id).headers["location"])
    statuses.append(come_back(browser, urlsplit(theirs)._replace(path=BACK).geturl()).status_code)

    assert statuses == [401, 401, 401, 401]
    assert browser.cookie is None


def test_what_the_cookie_says_is_signed_and_ends(
    tenant: Tenant, opened: Open, provider: Provider, ann: str, time: Time
) -> None:
    browser = opened()
    changes: list[Callable[[str], str]] = [lambda text: text[:-1], lambda text: "x" + text, lambda text: text[:9] + "."]
    for change in changes:
        back = provider.consent(there(browser, tenant.org_id))
        name, value = next(one for one in browser.http.cookies.items() if "ctx_signin" in one[0])
        browser.http.cookies.clear()
        browser.http.cookies.set(name, change(value))
        assert come_back(browser, back).status_code == 401
        browser.http.cookies.clear()
    provider.lie = lambda _header, claims: claims.update(exp=claims["exp"] + 3600)  # so that the token is not too old
    late = provider.consent(there(browser, tenant.org_id))
    time.passed = timedelta(minutes=10, seconds=1)

    assert come_back(browser, late).status_code == 401
    assert browser.cookie is None


@pytest.mark.parametrize("place", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_it_leads_back_to_this_server_alone(
    place: str, tenant: Tenant, opened: Open, provider: Provider, ann: str
) -> None:
    browser = opened()
    back = come_back(browser, provider.consent(there(browser, tenant.org_id, return_to=place)))

    assert (back.status_code, path_of(back)) == (303, "/oauth/login")
    assert "evil" not in back.headers["location"]


def test_a_planted_cookie_is_not_kept(tenant: Tenant, opened: Open, provider: Provider, ann: str) -> None:
    browser = opened()
    browser.sign_in(tenant.key)
    planted = browser.cookie
    back = come_back(browser, provider.consent(there(browser, tenant.org_id)))

    assert back.status_code == 303
    assert "HttpOnly" in back.headers["set-cookie"]
    assert browser.cookie != planted
    assert browser.get("/v1/auth/me").json()["email"] == ann


def test_who_belongs_to_several_chooses_and_is_led_there(
    tenant: Tenant, other_tenant: Tenant, opened: Open, provider: Provider, ann: str
) -> None:
    assert other_tenant.call("POST", "/v1/admin/users", {"email": ann}).status_code == 201
    for one in (tenant, other_tenant):
        first = opened()
        come_back(first, provider.consent(there(first, one.org_id)))
    browser = opened()
    choice = come_back(browser, provider.consent(there(browser, return_to="/studio")))
    (link,) = [one for one in re.findall(r'href="([^"]+)"', choice.text) if str(other_tenant.org_id) in one]
    query = dict(parse_qsl(urlsplit(html.unescape(link)).query))
    back = come_back(browser, provider.consent(there(browser, **query)))

    assert (choice.status_code, choice.text.count("/oauth/service?")) == (200, 2)
    assert path_of(back) == "/studio"
    assert browser.get("/v1/auth/me").json()["organization_id"] == str(other_tenant.org_id)


def test_an_organization_of_others_looks_like_none(
    tenant: Tenant, other_tenant: Tenant, opened: Open, provider: Provider, ann: str
) -> None:
    browser = opened()
    told = {
        re.sub(r"[0-9a-f-]{36}", "", come_back(browser, provider.consent(there(browser, org))).text)
        for org in (other_tenant.org_id, uuid4())
    }

    assert len(told) == 1
    assert "You are not a member of this organization" in told.pop()
    assert browser.cookie is None


def test_who_is_not_verified_or_whose_organization_enforces_its_provider_is_told_so(
    tenant: Tenant, opened: Open, provider: Provider, ann: str, set_up: SetUp, rows: Rows
) -> None:
    browser = opened()
    provider.person["email_verified"] = False
    unverified = come_back(browser, provider.consent(there(browser, tenant.org_id)))
    provider.person["email_verified"] = True
    set_up(tenant, enforced=True, break_glass_user_id=str(tenant.user_id))
    enforced = come_back(browser, provider.consent(there(browser, tenant.org_id)))

    assert [unverified.status_code, enforced.status_code] == [403, 403]
    assert "not verified" in unverified.text
    assert "signs in by its identity provider" in enforced.text
    assert [row["details"]["method"] for row in rows.audited(tenant, "login.refused")] == ["service"]


def test_who_takes_an_organization_on_is_asked_first_and_no_more_after_that(
    tenant: Tenant, opened: Open, provider: Provider, ann: str, rows: Rows
) -> None:
    browser, later = opened(), opened()
    question = browser.come_back(provider.consent(there(browser, tenant.org_id, return_to="/studio")))
    before = (browser.cookie, rows.audited(tenant, "login.opened"), rows.of("identities", tenant))
    answered = take_on(browser, asked_of(question) or "")
    again = later.come_back(provider.consent(there(later, tenant.org_id)))

    assert (question.status_code, before) == (200, (None, [], []))
    assert ann in question.text
    assert "you have not been in it before" in question.text
    assert (answered.status_code, path_of(answered)) == (303, "/studio")
    assert again.status_code == 303


def test_another_sites_page_signs_nobody_in_to_its_organization(
    tenant: Tenant, other_tenant: Tenant, opened: Open, provider: Provider, ann: str, rows: Rows
) -> None:
    """Or it would be theirs for good, and what they do there seen by who runs it."""
    mine = opened()
    come_back(mine, provider.consent(there(mine, tenant.org_id)))
    other_tenant.call("POST", "/v1/admin/users", {"email": ann})
    victim, attacker = opened(), opened()
    state = asked_of(victim.come_back(provider.consent(there(victim, other_tenant.org_id)))) or ""
    theirs = asked_of(attacker.come_back(provider.consent(there(attacker, other_tenant.org_id)))) or ""
    replies = [
        take_on(victim, state, **{"sec-fetch-site": "cross-site"}),
        take_on(victim, state, origin="https://evil.example"),
        take_on(victim, theirs),
        take_on(victim, ""),
        take_on(opened(), theirs),
        victim.come_back(f"{BACK}?{urlencode({'state': state, 'code': 'x'})}"),
    ]
    later = opened()
    come_back(later, provider.consent(there(later)))

    assert {reply.status_code for reply in replies} == {401}
    assert victim.cookie is None
    assert rows.of("identities", other_tenant) == []
    assert later.get("/v1/auth/me").json()["organization_id"] == str(tenant.org_id), "the only one that is theirs"


def test_what_is_asked_is_answered_in_ten_minutes_and_once(
    tenant: Tenant, opened: Open, provider: Provider, ann: str, time: Time
) -> None:
    browser, late = opened(), opened()
    state = asked_of(browser.come_back(provider.consent(there(browser, tenant.org_id)))) or ""
    kept = [(name, value) for name, value in browser.http.cookies.items() if "ctx_signin" in name]
    other = asked_of(late.come_back(provider.consent(there(late, tenant.org_id)))) or ""
    first = take_on(browser, state)
    browser.http.cookies.clear()
    for name, value in kept:
        browser.http.cookies.set(name, value)
    time.passed = timedelta(minutes=10, seconds=1)

    assert first.status_code == 303
    assert take_on(browser, state).status_code == 401
    assert take_on(late, other).status_code == 401


def test_who_is_asked_twice_is_let_in_once(
    tenant: Tenant, opened: Open, provider: Provider, ann: str, rows: Rows
) -> None:
    """Two answers of one browser at once: one login."""
    browser = opened()
    state = asked_of(browser.come_back(provider.consent(there(browser, tenant.org_id)))) or ""
    kept = dict(browser.http.cookies.items())

    def answer(_: int) -> int:
        one = opened()
        one.http.cookies.update(kept)
        return take_on(one, state).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(answer, range(2)))

    assert statuses == [303, 401]
    assert len(rows.audited(tenant, "login.opened")) == 1


def test_a_link_to_where_it_comes_back_ends_no_sign_in_under_way(
    tenant: Tenant, opened: Open, provider: Provider, ann: str
) -> None:
    browser = opened()
    address = there(browser, tenant.org_id)
    refused = [browser.come_back(f"{BACK}{query}").status_code for query in ("", "?state=x&code=y", "?error=denied")]

    assert refused == [401, 401, 401]
    assert come_back(browser, provider.consent(address)).status_code == 303


def test_what_the_service_refuses_is_told_without_its_words(tenant: Tenant, opened: Open, provider: Provider) -> None:
    browser = opened()
    back = changed(provider.consent(there(browser, tenant.org_id)), code=None, error="<script>")
    told = come_back(browser, back)

    assert told.status_code == 401
    assert "script" not in told.text


def test_who_is_signed_in_elsewhere_is_nobody_by_an_id_that_is_none(opened: Open) -> None:
    assert opened().http.get("/oauth/service", params={"organization": "x"}).status_code == 422


def test_without_pages_there_is_no_way_there(clocked: Wiring, browser: Browser) -> None:
    platform = IdentityPlatform("acme-prod", None, Web(loopback=True), clocked.clock)
    services = replace(clocked.services, sign_in=lambda: platform)
    stands: Any = SimpleNamespace(door=replace(clocked.door, services=services), services=services)
    for one in (browser, Browser(stands)):
        assert one.http.get("/oauth/service").status_code == 404
        assert "/oauth/service" not in one.http.get("/oauth/login").text
        assert one.get("/v1/auth/sign-in").json()["page"] is None


def test_of_a_pool_of_cognito_an_id_token_alone_is_taken(
    tenant: Tenant, clocked: Wiring, provider: Provider, ann: str
) -> None:
    there_are = {"metadata": provider.issuer, "secret": provider.secret}
    pool = Cognito("eu-west-1_Abc", provider.client_id, Web(loopback=True), clocked.clock, **there_are)
    services = replace(clocked.services, sign_in=lambda: pool)
    stands: Any = SimpleNamespace(door=replace(clocked.door, services=services), services=services)
    provider.metadata = {"code_challenge_methods_supported": None}  # Cognito does not tell, and takes S256
    statuses: list[int] = []
    for use in ("access", "id"):
        browser = Browser(stands)
        provider.person["token_use"] = use
        statuses.append(come_back(browser, provider.consent(there(browser, tenant.org_id))).status_code)

    assert statuses == [401, 303]
