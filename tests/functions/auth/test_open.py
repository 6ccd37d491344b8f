"""POST /v1/auth/logins: a browser is signed in with a key."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import LiteralString

import msgspec
import pytest

from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant, settings_for
from tests.functions.asking import told
from tests.functions.auth.browser import Browser, NewBrowser
from tests.functions.auth.conftest import Time
from tests.functions.conftest import Rows
from tests.functions.strangers import forged

KEY_ENDS: dict[str, LiteralString] = {
    "revoked": "update contextfs.api_keys set revoked_at = now() where id = %s",
    "expired": "update contextfs.api_keys set expires_at = now() - interval '1 second' where id = %s",
}


def test_a_browser_that_signed_in_calls_as_its_person(tenant: Tenant, browser: Browser, rows: Rows) -> None:
    opened = browser.sign_in(tenant.key)
    me = browser.get("/v1/auth/me").json()
    made = browser.send("POST", "/v1/projects", {"name": "by browser"})

    assert opened.status_code == 201
    assert (me["user_id"], me["role"], me["actor"]) == (str(tenant.user_id), "owner", f"user:{tenant.user_id}")
    assert made.status_code == 201
    assert rows.audited(tenant, "project.created")[0]["actor"] == f"user:{tenant.user_id}"
    assert rows.audited(tenant, "login.opened")[0]["details"]["method"] == "key"
    assert str(browser.cookie) not in str(rows.of("logins", tenant)), "only its hash is kept"


def test_no_script_and_no_other_site_gets_the_cookie(database_url: str, tenant: Tenant) -> None:
    told_by: dict[str, str] = {}
    for url in ("http://127.0.0.1:8420", "https://ctx.acme.test"):
        wired = Wiring(msgspec.structs.replace(settings_for(database_url), public_url=url))
        told_by[url] = Browser(wired).sign_in(tenant.key).headers["set-cookie"]
        wired.close()

    plain, secure = told_by.values()
    for cookie in (plain, secure):
        assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert secure.startswith("__Host-ctx_login=")
    assert "Secure" in secure.split("; ")


def test_a_cookie_that_was_there_before_is_not_kept(
    tenant: Tenant, other_tenant: Tenant, new_browser: NewBrowser
) -> None:
    """Session fixation: what somebody planted in a browser never becomes its login."""
    attacker, victim = new_browser(), new_browser()
    attacker.sign_in(other_tenant.key)
    planted = attacker.cookie
    assert planted is not None
    victim.http.cookies.set("ctx_login", planted, domain="127.0.0.1", path="/")

    victim.sign_in(tenant.key)

    assert victim.cookie not in {None, planted}
    assert victim.get("/v1/auth/me").json()["organization_id"] == str(tenant.org_id)
    assert attacker.get("/v1/auth/me").json()["organization_id"] == str(other_tenant.org_id)


@pytest.mark.parametrize("narrower", [{"role": "viewer"}, {"permissions": ["logins:write", "memories:read"]}])
def test_a_key_that_may_less_than_its_person_signs_nobody_in(
    narrower: dict[str, object], tenant: Tenant, browser: Browser, key_with: Callable[..., Tenant]
) -> None:
    reply = browser.sign_in(key_with(tenant, **narrower).key)

    assert reply.status_code == 403
    assert browser.cookie is None


def test_a_key_of_one_project_signs_nobody_in(
    tenant: Tenant, browser: Browser, second_project: Callable[[Tenant], Tenant]
) -> None:
    assert browser.sign_in(second_project(tenant).key).status_code == 403


def test_a_login_makes_no_further_login(tenant: Tenant, browser: Browser) -> None:
    browser.sign_in(tenant.key)

    assert browser.send("POST", "/v1/auth/logins").status_code == 403


@pytest.mark.parametrize("end", KEY_ENDS)
def test_a_login_ends_with_the_key_that_opened_it(end: str, tenant: Tenant, browser: Browser, rows: Rows) -> None:
    made = tenant.call("POST", "/v1/api-keys", {"name": "for the browser", "role": "owner"}).json()
    browser.sign_in(made["secret"])
    before = browser.get("/v1/auth/me").status_code

    rows.connection.execute(KEY_ENDS[end], [made["api_key"]["id"]])

    assert (before, browser.get("/v1/auth/me").status_code) == (200, 401)


def test_a_cookie_with_another_secret_opens_nothing(tenant: Tenant, browser: Browser) -> None:
    browser.sign_in(tenant.key)
    [name] = [name for name in browser.http.cookies if name.endswith("ctx_login")]
    replies = [
        tenant.http.get("/v1/auth/me", headers={"cookie": f"{name}={cookie}"})
        for cookie in (forged(str(browser.cookie)), browser.cookie)
    ]

    assert [reply.status_code for reply in replies] == [401, 200]


def test_an_idle_login_ends_and_a_busy_one_after_a_day(tenant: Tenant, new_browser: NewBrowser, time: Time) -> None:
    idle, busy = new_browser(), new_browser()
    idle.sign_in(tenant.key)
    busy.sign_in(tenant.key)
    seen: list[int] = []
    for turn in range(4):
        time.passed += timedelta(hours=7)
        seen.append(busy.get("/v1/auth/me").status_code)
        if turn == 1:
            assert idle.get("/v1/auth/me").status_code == 401, "long before its day is over"

    assert seen == [200, 200, 200, 401]


def test_a_person_who_is_no_member_any_more_is_signed_out(tenant: Tenant, browser: Browser, rows: Rows) -> None:
    browser.sign_in(tenant.key)
    tenant.call("POST", "/v1/admin/users", {"email": "heir@example.test", "role": "owner"})
    rows.connection.execute("delete from contextfs.memberships where user_id = %s", [tenant.user_id])

    assert browser.get("/v1/auth/me").status_code == 401


def test_a_key_counts_more_than_a_cookie(tenant: Tenant, other_tenant: Tenant, browser: Browser) -> None:
    browser.sign_in(tenant.key)

    told_by_key = browser.get("/v1/auth/me", authorization=f"Bearer {other_tenant.key}").json()
    broken = browser.get("/v1/auth/me", authorization="Bearer nonsense")

    assert told_by_key["organization_id"] == str(other_tenant.org_id)
    assert broken.status_code == 401


@pytest.mark.parametrize(
    "cookie", ["nonsense", "ctxl_x_y", "ctxk", "é", "a" * 5000, "ctxl_" + "0" * 43 + "_" + "0" * 39]
)
def test_a_cookie_that_is_none_of_ours_is_refused(cookie: str, browser: Browser) -> None:
    reply = browser.http.get("/v1/auth/me", headers={b"cookie": f"ctx_login={cookie}".encode()})

    assert reply.status_code == 401
    assert told(reply)["detail"] == "This login does not exist, or has ended: sign in again."


def test_a_key_is_no_cookie_and_a_cookie_no_key(tenant: Tenant, browser: Browser) -> None:
    browser.sign_in(tenant.key)
    cookie = browser.cookie
    as_cookie = browser.http.get("/v1/auth/me", headers={"cookie": f"ctx_login={tenant.key}"})
    as_key = replace(tenant, key=str(cookie)).call("GET", "/v1/auth/me")

    assert (as_cookie.status_code, as_key.status_code) == (401, 401)
