"""GET /v1/auth/me, and the token that a page's requests have to carry."""

import pytest

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.auth.browser import Browser, NewBrowser
from tests.functions.conftest import Rows


def test_a_key_needs_no_token_and_gets_none(tenant: Tenant) -> None:
    me = tenant.call("GET", "/v1/auth/me").json()

    assert me["csrf_token"] is None
    assert me["permissions"] == ["*"]


@pytest.mark.parametrize("sent", [{}, {"x-csrf-token": ""}, {"x-csrf-token": "guessed"}, {"x-csrf-token": "é"}])
def test_a_change_without_the_token_is_refused(
    sent: dict[str, str], tenant: Tenant, browser: Browser, rows: Rows
) -> None:
    browser.sign_in(tenant.key)
    headers = {name.encode(): value.encode() for name, value in sent.items()}

    reply = browser.http.post("/v1/projects", json={"name": "forged"}, headers=headers)

    assert reply.status_code == 403
    assert told(reply)["where"] == "header.X-CSRF-Token"
    assert [row["name"] for row in rows.of("projects", tenant)] == ["first"]


def test_the_token_of_another_login_is_refused(tenant: Tenant, new_browser: NewBrowser) -> None:
    mine, other = new_browser(), new_browser()
    mine.sign_in(tenant.key)
    other.sign_in(tenant.key)
    token = other.get("/v1/auth/me").json()["csrf_token"]

    reply = mine.http.post("/v1/projects", json={"name": "forged"}, headers={"x-csrf-token": token})

    assert reply.status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_change_that_another_site_asks_for_is_refused(site: str, tenant: Tenant, browser: Browser) -> None:
    browser.sign_in(tenant.key)

    reply = browser.send("POST", "/v1/projects", {"name": "forged"}, **{"sec-fetch-site": site})

    assert reply.status_code == 403


def test_a_page_of_ours_may(tenant: Tenant, browser: Browser) -> None:
    browser.sign_in(tenant.key)

    reply = browser.send("POST", "/v1/projects", {"name": "mine"}, **{"sec-fetch-site": "same-origin"})

    assert reply.status_code == 201
