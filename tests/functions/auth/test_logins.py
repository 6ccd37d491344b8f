"""GET /v1/auth/logins, and how a login's cookie changes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from tests.conftest import Tenant
from tests.functions.asking import Things, told
from tests.functions.auth.browser import Browser, NewBrowser
from tests.functions.auth.conftest import Time
from tests.functions.conftest import Rows


def test_one_sees_ones_own_logins_newest_first(tenant: Tenant, other_tenant: Tenant, new_browser: NewBrowser) -> None:
    first, second, foreign = new_browser(), new_browser(), new_browser()
    for browser, caller in ((first, tenant), (second, tenant), (foreign, other_tenant)):
        browser.http.headers["user-agent"] = f"Browser {caller.org_id}"
        browser.sign_in(caller.key)

    listed = first.get("/v1/auth/logins").json()["items"]

    assert [login["current"] for login in listed] == [False, True]
    assert {login["agent"] for login in listed} == {f"Browser {tenant.org_id}"}
    assert len(first.get("/v1/auth/logins?limit=1").json()["items"]) == 1


def test_an_old_cookie_is_changed_and_the_one_before_is_good_for_a_moment(
    tenant: Tenant, browser: Browser, time: Time
) -> None:
    browser.sign_in(tenant.key)
    first = browser.cookie
    browser.get("/v1/auth/me")
    young = browser.cookie
    time.passed += timedelta(minutes=16)
    changed = browser.get("/v1/auth/me")
    second = browser.cookie
    on_its_way = browser.http.get("/v1/auth/me", headers={"cookie": f"ctx_login={first}"})

    assert first == young
    assert second not in {None, first}
    assert (changed.status_code, on_its_way.status_code) == (200, 200)
    assert "set-cookie" not in on_its_way.headers


def test_a_copy_of_a_cookie_that_was_changed_ends_the_login(
    tenant: Tenant, browser: Browser, time: Time, rows: Rows
) -> None:
    browser.sign_in(tenant.key)
    stolen = browser.cookie
    time.passed += timedelta(minutes=16)
    browser.get("/v1/auth/me")
    time.passed += timedelta(minutes=2)

    thief = browser.http.get("/v1/auth/me", headers={"cookie": f"ctx_login={stolen}"})
    owner = browser.get("/v1/auth/me")

    assert (thief.status_code, owner.status_code) == (401, 401)
    assert "there is a copy of it" in told(thief)["detail"]
    assert len(rows.audited(tenant, "login.replayed")) == 1


def test_a_copy_of_a_cookie_that_was_changed_stores_nothing(
    tenant: Tenant, things: Things, browser: Browser, time: Time, rows: Rows
) -> None:
    path, said = f"/v1/sessions/{things.session_id}/messages", {"messages": [{"role": "user", "content": "x"}]}
    browser.sign_in(tenant.key)
    stolen, token = browser.cookie, browser.get("/v1/auth/me").json()["csrf_token"]
    before = [browser.send("POST", path, said).status_code for _ in range(4)]
    time.passed += timedelta(minutes=16)
    changed = browser.get("/v1/auth/me")
    time.passed += timedelta(minutes=2)

    copied = {"cookie": f"ctx_login={stolen}", "x-csrf-token": token}
    thief = browser.http.post(path, json=said, headers=copied)

    assert (before, changed.status_code, thief.status_code) == ([201] * 4, 200, 401)
    assert len(rows.of("messages", tenant)) == 4
    assert len(rows.audited(tenant, "login.replayed")) == 1


def test_what_is_read_with_who_calls_changes_a_cookie_and_ends_the_login_of_a_copy(
    tenant: Tenant, things: Things, browser: Browser, time: Time, rows: Rows
) -> None:
    path = f"/v1/memories/{things.memory_id}"
    browser.sign_in(tenant.key)
    stolen = browser.cookie
    browser.get(path)
    time.passed += timedelta(minutes=16)
    changed = browser.get(path)
    time.passed += timedelta(minutes=2)

    thief = browser.http.get(path, headers={"cookie": f"ctx_login={stolen}"})
    owner = browser.get(path)

    assert (changed.status_code, "set-cookie" in changed.headers) == (200, True)
    assert (thief.status_code, owner.status_code) == (401, 401)
    assert len(rows.audited(tenant, "login.replayed")) == 1


def test_calls_at_once_change_the_cookie_once(tenant: Tenant, browser: Browser, time: Time) -> None:
    browser.sign_in(tenant.key)
    cookie = browser.cookie
    time.passed += timedelta(minutes=16)
    sent = {"cookie": f"ctx_login={cookie}"}

    def call(_: int) -> Any:
        return browser.http.get("/v1/auth/me", headers=sent)

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(call, range(16)))

    assert {reply.status_code for reply in replies} == {200}
    assert len([reply for reply in replies if "set-cookie" in reply.headers]) == 1


def test_a_call_that_fails_changes_no_cookie(tenant: Tenant, browser: Browser, time: Time) -> None:
    browser.sign_in(tenant.key)
    time.passed += timedelta(minutes=16)

    refused = browser.get("/v1/projects/0190ffff-ffff-7fff-bfff-ffffffffffff")
    after = browser.get("/v1/auth/me")

    assert (refused.status_code, after.status_code) == (404, 200)
    assert "set-cookie" not in refused.headers
    assert "set-cookie" in after.headers
