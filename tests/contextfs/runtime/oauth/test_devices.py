"""Devices that ask to be let in, and the page on which a person says whose they are (RFC 8628)."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Tenant
from tests.functions.auth.browser import Browser
from tests.functions.auth.conftest import Time
from tests.functions.conftest import Rows

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
PAGE = "/oauth/device"


def ask(browser: Browser, **fields: str) -> Any:
    return browser.http.post("/oauth/device_authorization", data={"client_id": "ctx"} | fields)


def poll(browser: Browser, code: str) -> Any:
    return browser.http.post("/oauth/token", data={"grant_type": GRANT, "client_id": "ctx", "device_code": code})


def hidden(page: Any) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def test_what_a_device_is_told(browser: Browser) -> None:
    told = ask(browser).json()

    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", told["user_code"])
    assert (told["expires_in"], told["interval"]) == (600, 5)
    assert told["verification_uri"].endswith(PAGE)
    assert told["verification_uri_complete"] == f"{told['verification_uri']}?user_code={told['user_code']}"


def test_a_device_waits_slows_down_and_is_let_in(tenant: Tenant, browser: Browser, time: Time) -> None:
    device = ask(browser).json()
    answers = [poll(browser, device["device_code"]), poll(browser, device["device_code"])]
    time.passed += timedelta(seconds=6)
    answers.append(poll(browser, device["device_code"]))
    browser.sign_in(tenant.key)
    browser.send("POST", "/v1/auth/devices", {"user_code": device["user_code"], "allow": True})
    key = poll(browser, device["device_code"])

    assert [(one.status_code, one.json()["error"]) for one in answers] == [
        (400, "authorization_pending"),
        (400, "slow_down"),
        (400, "slow_down"),
    ]
    assert key.headers["cache-control"] == "no-store"
    me = browser.http.get("/v1/auth/me", headers={"authorization": f"Bearer {key.json()['access_token']}"}).json()
    assert (str(tenant.user_id), "owner@example.test", "Org") == (me["user_id"], me["email"], me["organization"])


def test_a_request_is_over_after_ten_minutes(tenant: Tenant, browser: Browser, time: Time) -> None:
    device = ask(browser).json()
    browser.sign_in(tenant.key)
    time.passed += timedelta(minutes=11)
    decided = browser.send("POST", "/v1/auth/devices", {"user_code": device["user_code"], "allow": True})

    assert decided.status_code == 404
    assert poll(browser, device["device_code"]).json()["error"] == "expired_token"


def test_who_is_removed_before_the_device_asks_lets_nobody_in(tenant: Tenant, browser: Browser, rows: Rows) -> None:
    device = ask(browser).json()
    browser.sign_in(tenant.key)
    browser.send("POST", "/v1/auth/devices", {"user_code": device["user_code"], "allow": True})
    rows.connection.execute("update contextfs.devices set for_user_id = gen_random_uuid()")

    assert poll(browser, device["device_code"]).json()["error"] == "access_denied"


@pytest.mark.parametrize("code", ["", "nonsense", "ctxd_" + "0" * 43 + "_" + "0" * 39])
def test_a_device_code_that_nobody_gave_is_over(browser: Browser, code: str) -> None:
    assert poll(browser, code).json()["error"] == "expired_token"


def test_who_is_not_signed_in_is_led_to_sign_in_and_back(tenant: Tenant, browser: Browser) -> None:
    device = ask(browser).json()
    place = f"{PAGE}?user_code={device['user_code']}"
    led = browser.http.get(place)
    asked = browser.http.get(led.headers["location"])
    back = browser.http.post("/oauth/login", data={"key": tenant.key, "return_to": place})
    page = browser.http.get(back.headers["location"])

    assert (303, [place]) == (led.status_code, parse_qs(urlsplit(led.headers["location"]).query)["return_to"])
    assert 'type="password"' in asked.text
    assert (303, place) == (back.status_code, back.headers["location"])
    assert device["user_code"] in page.text
    assert "owner@example.test, owner of Org" in page.text


@pytest.mark.parametrize(("decision", "error"), [("allow", None), ("deny", "access_denied")])
def test_a_person_decides_on_the_page(tenant: Tenant, browser: Browser, decision: str, error: str | None) -> None:
    device = ask(browser, device_name="<b>Ann's</b> laptop").json()
    browser.sign_in(tenant.key)
    csrf = hidden(browser.http.get(f"{PAGE}?user_code={device['user_code']}"))
    done = browser.http.post(PAGE, data={"user_code": device["user_code"], "decision": decision, "csrf": csrf})

    assert done.status_code == 200
    assert "&lt;b&gt;Ann&#x27;s&lt;/b&gt; laptop" in done.text
    assert error == poll(browser, device["device_code"]).json().get("error")


@pytest.mark.parametrize(
    ("csrf", "headers"),
    [("", {}), ("guessed", {}), ("good", {"sec-fetch-site": "cross-site"})],
    ids=["none", "guessed", "another site's page"],
)
def test_a_page_of_another_site_lets_nobody_in(
    tenant: Tenant, browser: Browser, csrf: str, headers: dict[str, str]
) -> None:
    device = ask(browser).json()
    browser.sign_in(tenant.key)
    good = hidden(browser.http.get(PAGE))
    sent = {"user_code": device["user_code"], "decision": "allow", "csrf": good if csrf == "good" else csrf}
    refused = browser.http.post(PAGE, data=sent, headers=headers)

    assert refused.status_code == 403
    assert poll(browser, device["device_code"]).json()["error"] == "authorization_pending"


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_another_site_signs_nobody_in(tenant: Tenant, browser: Browser, headers: dict[str, str]) -> None:
    refused = browser.http.post("/oauth/login", data={"key": tenant.key}, headers=headers)

    assert (403, None) == (refused.status_code, browser.cookie)


@pytest.mark.parametrize("place", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_to_this_server_alone(tenant: Tenant, browser: Browser, place: str) -> None:
    page = browser.http.get("/oauth/login", params={"return_to": place})
    back = browser.http.post("/oauth/login", data={"key": tenant.key, "return_to": place})

    assert "evil" not in page.text
    assert "/oauth/login" == back.headers["location"]


def test_who_is_signed_in_and_on_no_way_elsewhere_is_told_who_they_are(tenant: Tenant, browser: Browser) -> None:
    before = browser.http.get("/oauth/login")
    browser.sign_in(tenant.key)
    after = browser.http.get("/oauth/login")

    assert "Continue with single sign-on" in before.text
    assert "You are owner@example.test, owner of" in after.text


def test_a_wrong_key_is_told_on_the_page(browser: Browser) -> None:
    page = browser.http.post("/oauth/login", data={"key": '"><script>', "return_to": PAGE})

    assert page.status_code == 401
    assert "This is not an API key of ContextFS" in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize("path", ["/oauth/login", PAGE])
def test_no_other_site_frames_a_page_and_no_script_runs_in_it(tenant: Tenant, browser: Browser, path: str) -> None:
    browser.sign_in(tenant.key)
    headers = browser.http.get(path).headers

    assert headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy
    assert "no-store" in headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "data", "error"),
    [
        ("/oauth/token", {"grant_type": "password"}, "unsupported_grant_type"),
        ("/oauth/token", {}, "unsupported_grant_type"),
        ("/oauth/device_authorization", {}, "invalid_request"),
    ],
)
def test_what_is_asked_wrong_is_told_by_the_standards_names(
    browser: Browser, path: str, data: dict[str, str], error: str
) -> None:
    reply = browser.http.post(path, data=data, headers={"content-type": "application/x-www-form-urlencoded"})

    assert (400, error) == (reply.status_code, reply.json()["error"])


def test_a_field_that_is_named_twice_and_json_are_refused(browser: Browser) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    twice = browser.http.post("/oauth/token", content="grant_type=a&grant_type=b", headers=form)
    json = browser.http.post("/oauth/token", json={"grant_type": GRANT})
    large = browser.http.post("/oauth/token", content="a=" + "b" * 70_000, headers=form)

    assert [400, 400, 413] == [twice.status_code, json.status_code, large.status_code]
    assert {"invalid_request"} == {one.json()["error"] for one in (twice, json, large)}


def test_a_key_is_given_back_by_who_holds_it(tenant: Tenant, browser: Browser, rows: Rows) -> None:
    key = tenant.call("POST", "/v1/api-keys", {"name": "k"}).json()["secret"]
    for token in (key, key, "nonsense", key[:-1] + ("0" if key[-1] != "0" else "1")):
        assert browser.http.post("/oauth/revoke", data={"token": token}).status_code == 200

    assert browser.http.get("/v1/auth/me", headers={"authorization": f"Bearer {key}"}).status_code == 401
    assert len(rows.audited(tenant, "api_key.revoked")) == 1
