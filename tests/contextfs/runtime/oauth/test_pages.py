"""What a person sees in a browser: the bare address, signing in and out, joining, and what goes wrong on the way."""

import re
from typing import Any

import pytest

from contextfs.kit.errors import TooManyRequests
from contextfs.runtime.http.problems import problem
from contextfs.runtime.oauth import answers
from contextfs.runtime.oauth.refusals import as_page
from tests.conftest import Tenant
from tests.functions.auth.browser import Browser, NewBrowser
from tests.functions.auth.conftest import SetUp
from tests.functions.auth.provider import Provider
from tests.functions.conftest import Rows

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PAGES = ("/", "/oauth/login", "/oauth/join", "/oauth/device")


def hidden(page: Any) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def invited(tenant: Tenant, email: str = "bob@example.test") -> str:
    return tenant.call("POST", "/v1/admin/invitations", {"email": email}).json()["token"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole(tenant: Tenant, browser: Browser, path: str) -> None:
    browser.sign_in(tenant.key)
    page = browser.http.get(path)

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.text.startswith('<!doctype html><html lang="en"><head><meta charset="utf-8">')
    assert "width=device-width" in page.text
    assert page.text.count("<h1>") == 1
    for name in re.findall(r'<input id="(\w+)"', page.text):
        assert f'<label for="{name}">' in page.text


@pytest.mark.parametrize("path", PAGES)
def test_browsers_tell_us_where_our_own_forms_come_from(tenant: Tenant, browser: Browser, path: str) -> None:
    """With `no-referrer` they send `Origin: null`, and every form of ours would be refused as another site's."""
    browser.sign_in(tenant.key)

    assert browser.http.get(path).headers["referrer-policy"] == "same-origin"


def test_the_bare_address_tells_what_this_is_and_who_is_there(tenant: Tenant, browser: Browser) -> None:
    before = browser.http.get("/")
    browser.sign_in(tenant.key)
    after = browser.http.get("/")

    assert '<a href="/oauth/login">Sign in</a>' in before.text
    assert "ctx auth login http" in before.text
    assert "owner@example.test, owner of Org" in after.text


def test_an_address_leads_to_its_provider_by_a_page(
    tenant: Tenant, browser: Browser, provider: Provider, set_up: SetUp, rows: Rows
) -> None:
    """A form that is led to another server by a redirect is stopped by `form-action`: a page goes on by itself."""
    own = f"{tenant.org_id.hex}.example"  # one that nobody else in this database has proven
    set_up(tenant)
    rows.connection.execute("update contextfs.sso_domains set domain = %s where org_id = %s", [own, tenant.org_id])
    page = browser.http.get("/oauth/login", params={"email": f" ann@{own} ", "return_to": "/oauth/device"})
    onwards = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.text)

    assert page.status_code == 200
    assert onwards
    assert onwards[1].startswith(provider.issuer)
    assert f'<a href="{onwards[1]}">' in page.text
    assert any(name.endswith("ctx_signin") for name in browser.http.cookies)


def test_an_address_without_a_provider_is_told_on_the_page(browser: Browser) -> None:
    page = browser.http.get("/oauth/login", params={"email": "x@nowhere.example", "return_to": "/oauth/device"})

    assert page.status_code == 404
    assert 'role="alert">There is no single sign-on for this' in page.text
    assert 'value="x@nowhere.example"' in page.text
    assert 'name="return_to" value="/oauth/device"' in page.text


@pytest.mark.parametrize("place", ["/oauth/device?user_code=BCDF-BCDF", "/oauth/login"])
def test_who_keeps_no_cookies_is_told_so_after_signing_in(
    tenant: Tenant, browser: Browser, new_browser: NewBrowser, place: str
) -> None:
    back = browser.http.post("/oauth/login", data={"key": tenant.key, "return_to": place})
    forgetful = new_browser()
    page = forgetful.get(back.headers["location"], referer="http://127.0.0.1:8420/oauth/login")
    if page.is_redirect:
        page = forgetful.get(page.headers["location"])

    assert 'role="alert">You are not signed in yet: this browser keeps no cookies' in page.text
    assert f'name="return_to" value="{place}"' in page.text
    assert "cookies" not in new_browser().get(place).text


@pytest.mark.parametrize(("where", "others"), [("here", 200), ("everywhere", 401)])
def test_a_person_signs_out_on_the_page(
    tenant: Tenant, browser: Browser, new_browser: NewBrowser, where: str, others: int
) -> None:
    elsewhere = new_browser()
    for one in (browser, elsewhere):
        one.sign_in(tenant.key)
    csrf = hidden(browser.http.get("/oauth/login"))
    out = browser.http.post("/oauth/logout", data={"csrf": csrf, "where": where})

    assert (out.status_code, "You are signed out" in out.text) == (200, True)
    assert browser.get("/v1/auth/me").status_code == 401
    assert elsewhere.get("/v1/auth/me").status_code == others


@pytest.mark.parametrize("csrf", ["", "guessed"])
def test_another_sites_page_signs_nobody_out(tenant: Tenant, browser: Browser, csrf: str) -> None:
    browser.sign_in(tenant.key)
    refused = browser.http.post("/oauth/logout", data={"csrf": csrf})

    assert refused.status_code == 403
    assert browser.get("/v1/auth/me").status_code == 200


def test_who_is_invited_joins_on_the_page_once(tenant: Tenant, browser: Browser, new_browser: NewBrowser) -> None:
    token = invited(tenant)
    joined = browser.http.post("/oauth/join", data={"invitation": f" {token} ", "name": "<b>Bob</b>"})
    again = new_browser().http.post("/oauth/join", data={"invitation": token})
    key = re.search(r"<code>(ctxk_\w+)</code>", joined.text)

    assert joined.status_code == 200
    assert key
    assert browser.get("/v1/auth/me").json()["email"] == "bob@example.test"
    assert "bob@example.test, member of Org" in browser.http.get("/").text
    assert (again.status_code, "This opens nothing" in again.text) == (401, True)
    assert token not in again.text


@pytest.mark.parametrize("token", ["", "nonsense", "ctxi_wrong", "ctxk_live_x", "\x00", "\n"])
def test_what_is_no_invitation_is_told_on_the_page(browser: Browser, token: str) -> None:
    page = browser.http.post("/oauth/join", data={"invitation": token, "name": '"><script>'})

    assert (page.status_code, "This opens nothing" in page.text) == (401, True)
    assert "<script>" not in page.text


def test_a_key_opens_no_membership(tenant: Tenant, browser: Browser) -> None:
    page = browser.http.post("/oauth/join", data={"invitation": tenant.key})

    assert ("This opens nothing" in page.text, browser.cookie) == (True, None)


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"origin": "null"}])
def test_another_sites_page_makes_nobody_a_member(tenant: Tenant, browser: Browser, headers: dict[str, str]) -> None:
    token = invited(tenant)
    refused = browser.http.post("/oauth/join", data={"invitation": token}, headers=headers)

    assert (403, None) == (refused.status_code, browser.cookie)
    assert browser.http.post("/oauth/join", data={"invitation": token}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/auth/login?email=x@nowhere.example",
        "/v1/auth/login",
        "/v1/auth/callback?state=nonsense&error=access_denied",
        "/v1/auth/callback",
        "/v1/saml/00000000-0000-0000-0000-000000000000/logout",
    ],
)
def test_a_sign_in_that_fails_shows_a_page_to_browsers_and_json_to_programs(browser: Browser, path: str) -> None:
    shown = browser.get(path, accept=HTML)
    told = browser.get(path)

    assert shown.status_code == told.status_code >= 400
    assert told.headers["content-type"] == "application/problem+json"
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert '<a href="/oauth/login">Back to sign in</a>' in shown.text
    assert shown.headers["x-request-id"] in shown.text


def test_who_is_refused_by_the_provider_reads_why(tenant: Tenant, browser: Browser, set_up: SetUp) -> None:
    set_up(tenant, auto_provision=False)
    begun = browser.begin(tenant.org_id)
    state = re.search(r"state=([^&]+)", begun.headers["location"])
    assert state
    page = browser.get(f"/v1/auth/callback?state={state[1]}&error=access_denied", accept=HTML)

    assert page.status_code == 401
    assert "You are not signed in" in page.text
    assert "access_denied" in page.text


def test_an_address_that_is_none_shows_a_page_to_browsers(browser: Browser) -> None:
    shown = browser.get("/no/such/page", accept=HTML)

    assert (404, True) == (shown.status_code, "Nothing is here" in shown.text)
    assert browser.get("/no/such/page").headers["content-type"] == "application/problem+json"


def test_who_may_come_again_is_told_when() -> None:
    error = TooManyRequests("Too many calls wait.", retry_after=5)
    page = as_page(problem(error, "request"), "auth.callback")
    told = answers.refusal(answers.Refused.of(error))

    assert (page.status, page.headers["retry-after"]) == (429, "5")
    assert (told.status_code, told.headers["retry-after"]) == (429, "5")
