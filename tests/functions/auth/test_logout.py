"""POST /v1/auth/logout."""

from tests.conftest import Tenant
from tests.functions.auth.browser import Browser


def test_the_login_ends_and_its_cookie_goes(tenant: Tenant, browser: Browser) -> None:
    browser.sign_in(tenant.key)
    cookie = browser.cookie

    reply = browser.send("POST", "/v1/auth/logout")
    kept = browser.http.get("/v1/auth/me", headers={"cookie": f"ctx_login={cookie}"})

    assert reply.status_code == 204
    assert browser.cookie is None
    assert kept.status_code == 401, "a copy of the cookie is worth nothing"


def test_a_caller_with_a_key_has_nothing_to_leave(tenant: Tenant) -> None:
    assert tenant.call("POST", "/v1/auth/logout").status_code == 204
    assert tenant.call("GET", "/v1/auth/me").status_code == 200
